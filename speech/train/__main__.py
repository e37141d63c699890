"""python -m speech.train hi: everything from text to a model, in stages that are kept and not done twice.

Never does: put the model in place by itself (--install does), or leave anything outside its working folder.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from settings import ROOT
from speech.voice.kokoro import fetch

STARTER = ROOT / "speech" / "starter"
NATURAL, ROBOT, FLITE, DIPHONES = 4 * 3600.0, 3 * 3600.0, 1800.0, 3000.0  # seconds of speech of each kind
FIRST, SECOND = 10.0, 3.0  # passes over the lessons
SEED = 11


def say(text: str) -> None:
    """With the time, at once."""
    print(time.strftime("%H:%M:%S"), text, flush=True)


def main() -> None:
    """Run the stages that are still to do."""
    asked = _asked()
    work = asked.work / asked.language
    work.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    _sounds(asked, work)
    _network(asked, work)
    say(f"trained after {(time.monotonic() - started) / 60:.0f} minutes of this run")
    measure = [
        sys.executable,
        "-m",
        "speech.train.measure",
        str(work / "model"),
        asked.language,
        "--sounds",
        str(asked.work),
    ]
    figures = subprocess.run(measure, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    (work / "figures.json").write_text(figures)
    say(f"measured: {json.dumps(json.loads(figures), ensure_ascii=False)}")
    if asked.install:
        shutil.copytree(work / "model", STARTER / asked.language, dirs_exist_ok=True)
        say(f"installed in {STARTER / asked.language}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m speech.train", description="Train a starter model.")
    parser.add_argument("language", choices=("hi", "en"))
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "train", help="where the stages are kept")
    parser.add_argument("--voice", type=Path, default=ROOT / "var" / "voice", help="where Kokoro is, or is fetched to")
    parser.add_argument("--natural", type=float, default=NATURAL, help="seconds of Kokoro's speech")
    parser.add_argument("--robot", type=float, default=ROBOT, help="seconds of espeak's speech")
    parser.add_argument("--flite", type=float, default=FLITE, help="seconds of flite's speech (English)")
    parser.add_argument("--diphones", type=float, default=DIPHONES, help="seconds of diphone voices' speech (Hindi)")
    parser.add_argument("--packages", type=Path, default=Path("/"), help="below it Debian's packages are unpacked")
    parser.add_argument("--first", type=float, default=24 * 3600.0, help="seconds for the first stage at most")
    parser.add_argument("--second", type=float, default=24 * 3600.0, help="seconds for the second stage at most")
    parser.add_argument("--held-out", type=int, default=None, help="measure on so many sentences only")
    parser.add_argument("--fresh", action="store_true", help="start from nothing instead of the present starter model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--install", action="store_true", help="put the model in speech/starter")
    return parser.parse_args()


def _sounds(asked: argparse.Namespace, work: Path) -> None:
    from speech.train import robot, spoken, voices

    kokoro, cache = fetch(asked.voice, say), asked.work / "cache"
    say(f"espeak speaks {asked.robot / 3600:.1f} hours")
    robot.speak(work / "espeak", asked.language, asked.robot, SEED)
    say(f"Kokoro speaks {asked.natural / 3600:.1f} hours")
    voices.speak(work / "kokoro", kokoro, cache, asked.language, asked.natural, SEED)
    say("the held-out sentences are spoken")
    spoken.speak(asked.work / "heldout" / asked.language, kokoro, cache, asked.language, asked.held_out)
    spoken.speak_by_festival(asked.work / "heldout" / asked.language, asked.language, asked.held_out)


def _network(asked: argparse.Namespace, work: Path) -> None:
    import torch

    from speech.train import first_stage, lessons, model, network, second_stage

    torch.set_num_threads(asked.threads)
    torch.manual_seed(SEED)
    (_others if asked.language == "en" else _diphones)(asked, work)
    told = lessons.prepare(work, asked.language, SEED)
    say(f"{len(told)} lessons, {told.starts[-1] / 6000:.0f} minutes, {len(told.phones)} phones")
    net = network.Network(len(told.phones))
    if asked.fresh:
        network.begin_anew(net, told.frames[::50].astype("float32"))
    else:
        network.begin_with(
            net, STARTER / asked.language, told.phones, [told.features(at) for at in range(0, len(told), 60)]
        )
    first_stage.train(net, told, work / "first.pt", FIRST, asked.first, say)
    second_stage.train(net, told, work / "second.pt", SECOND, asked.second, say)
    say("the graph is built")
    model.build(work / "model", asked.language, work, told, work / "second.pt", SEED)


def _diphones(asked: argparse.Namespace, work: Path) -> None:
    """Czech and American voices say the Hindi sentences once more."""
    from speech.train import diphones
    from speech.train.clips import Shelf

    clips = [clip for name in ("kokoro", "espeak") for clip, _ in Shelf(work / name)]
    shelf = Shelf(work / "diphones")
    diphones.speak(shelf, clips, asked.packages, asked.diphones, SEED)
    say(f"{shelf.seconds() / 60:.0f} minutes by diphone voices (none without festival and their packages)")


def _others(asked: argparse.Namespace, work: Path) -> None:
    """People and flite, heard by the starter model to learn when they say what."""
    from speech.train import align, network, others, single
    from speech.train.clips import Shelf
    from speech.train.features import mfcc

    names = (STARTER / "en" / "graph" / "phones.txt").read_text(encoding="utf-8").splitlines()[1:]
    *phones, _ = dict.fromkeys(name.split()[0].split("_")[0] for name in names)  # the last stands for unknown words
    shelf = Shelf(work / "others")
    if shelf.seconds() > asked.flite:
        return
    say("people and flite are listened to")
    hearing = [mfcc(sound[::2]) for _, (_, sound) in zip(range(40), Shelf(work / "espeak"), strict=False)]
    net = network.Network(len(phones))
    network.begin_with(net, STARTER / "en", phones, hearing)
    lost = list(align.shelve(shelf, net, phones, others.everything(asked.packages, asked.flite, SEED)))
    say(f"{len(lost)} that do not fit their words are left out; {shelf.seconds() / 60:.0f} minutes stay")
    single.shelve(Shelf(work / "single"), [shelf])


if __name__ == "__main__":
    main()
