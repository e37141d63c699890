"""How surely each model hears its own and the other language: the figures behind workers/understanding.py.

python -m benchmarks.language_doubt
"""

import tomllib

import numpy as np

from settings import ROOT, load_settings
from workers import sound
from workers.outside.speech import LANGUAGES, Ears
from workers.understanding import DOUBT, MARGIN, confidence, surely_understood

FOLDER = ROOT / "ivr" / "simulator" / "speech"
LEVELS = (None, 15, 5)  # dB of speech over white noise; None: as recorded


def noisy(samples: sound.Pcm, decibels: int | None, chance: np.random.Generator) -> sound.Pcm:
    """The same sound with noise so far below its speech."""
    if decibels is None:
        return samples
    plain = samples.astype(float)
    loud = plain[np.abs(plain) > 50]
    power = float(np.mean((loud if len(loud) else plain) ** 2))
    noise = chance.normal(0, np.sqrt(power / 10 ** (decibels / 10)), len(plain))
    return np.clip(plain + noise, -32768, 32767).astype(np.int16)


def main() -> None:
    """Print, for each level of noise, every clip and the span of means in the right and in the wrong language."""
    ears = Ears(load_settings())
    ears.load()
    chance = np.random.default_rng(7)
    clips = tomllib.loads((FOLDER / "texts.toml").read_text(encoding="utf-8"))
    told = {name: clip for name, clip in clips.items() if len(" ".join(clip["said"]).split()) > 1}
    for level in LEVELS:
        means: dict[bool, list[float]] = {True: [], False: []}
        ratios, mended, turned = [], 0, 0
        print(f"noise: {'none' if level is None else f'{level} dB below the speech'}")
        for name, clip in told.items():
            samples, rate = sound.decode((FOLDER / f"{name}.wav").read_bytes())
            samples = noisy(samples, level, chance)
            heard = {language: ears.transcribe(samples, rate, language) for language in LANGUAGES}
            for language, words in heard.items():
                means[language == clip["language"]].append(confidence(words))
            own = heard.pop(clip["language"])
            (other,) = heard.values()
            right, wrong = surely_understood(own), surely_understood(other)
            ratios.append(right / wrong if wrong else float("inf"))
            mended += confidence(other) < DOUBT and right > MARGIN * wrong
            turned += confidence(own) < DOUBT and wrong > MARGIN * right
            print(f"  {name:<14} right {means[True][-1]:.3f} wrong {means[False][-1]:.3f}  seconds x {ratios[-1]:.2f}")
        for is_right, found in means.items():
            below = sum(mean < DOUBT for mean in found)
            print(f"  {'right' if is_right else 'wrong'}: {min(found):.3f} to {max(found):.3f}, {below} below {DOUBT}")
        print(
            f"  least ratio {min(ratios):.2f}; of {len(told)} wrong choices mended {mended}, right ones turned {turned}"
        )


if __name__ == "__main__":
    main()
