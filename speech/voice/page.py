"""A page for translators: every prompt in every language, its words, its sound, how it was made.

Never does: need a server; it is one file that opens from the disk, with the sounds inside it.
"""

import base64
from html import escape
from pathlib import Path

import soundfile

from ivr.channels.prompts import LANGUAGES, Prompt, Prompts
from speech.voice.book import Standing

_STYLE = """
body { font: 16px/1.5 system-ui, "Noto Sans Devanagari", sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem;
  color: #1a1a1a; background: #fff }
h1 { font-size: 1.4rem } input { font: inherit; padding: .4rem; width: 100%; max-width: 24rem }
table { border-collapse: collapse; width: 100% } th, td { border-bottom: 1px solid #ddd; padding: .5rem;
  text-align: left; vertical-align: top } th { position: sticky; top: 0; background: #fff }
code { font-size: .85rem; color: #555 } small { color: #555; display: block } .missing { color: #a00000 }
button { font: inherit; padding: .1rem .7rem; border: 1px solid #666; border-radius: 4px; background: #f4f4f4;
  cursor: pointer }
"""
_SCRIPT = """
const find = document.getElementById("find");
find.addEventListener("input", () => {
  for (const row of document.querySelectorAll("tbody tr"))
    row.hidden = !row.textContent.toLowerCase().includes(find.value.toLowerCase());
});
let now = null;
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-sound]");
  if (!button) return;
  if (now) now.pause();
  now = new Audio("data:audio/wav;base64," + button.dataset.sound);
  now.play();
});
"""
_BY = {
    Standing.STUDIO: "studio recording",
    Standing.CHANGED: "words changed since it was made",
    Standing.CURRENT: "made by build",
    Standing.MISSING: "no sound: the provider's voice speaks it",
}
_NAMES = {"hi": "हिंदी", "en": "English"}


def write(path: Path, prompts: Prompts, standings: dict[tuple[str, str], Standing]) -> None:
    """Write the page. `standings` by (name, language)."""
    rows = []
    for first in prompts.all(LANGUAGES[0]):
        cells = "".join(_cell(prompts.get(first.name, lang), standings[first.name, lang]) for lang in LANGUAGES)
        rows.append(f"<tr><td><code>{escape(first.name)}</code><small>{escape(first.kind)}</small></td>{cells}</tr>")
    heads = "".join(f"<th>{_NAMES[lang]}</th>" for lang in LANGUAGES)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Prompts</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>What the line says</h1><p>Words: <code>audio_prompts/&lt;language&gt;/script.toml</code>. "
        f"After a change: <code>./hotline prompts build</code>, <code>./hotline prompts check</code>.</p>"
        f'<p><input id="find" placeholder="Find" aria-label="Find"></p>'
        f"<table><thead><tr><th>Name</th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<script>{_SCRIPT}</script></body></html>\n",
        encoding="utf-8",
    )


def _cell(prompt: Prompt, standing: Standing) -> str:
    words = f'<td lang="{prompt.lang}">{escape(prompt.text)}'
    if prompt.sound is None:
        return f'{words}<small class="missing">{_BY[Standing.MISSING]}</small></td>'
    seconds = soundfile.info(prompt.sound).duration
    sound = base64.b64encode(prompt.sound.read_bytes()).decode()
    by = f"{_BY[standing]}, {seconds:.1f} s"
    button = f'<button data-sound="{sound}" aria-label="Play {escape(prompt.name)}">▶</button>'
    return f"{words}<br>{button}<small>{by}</small></td>"
