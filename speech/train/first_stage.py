"""The first stage of training: which phone is spoken in every 30 ms (cross-entropy against the synthesiser's clock).

Never does: lose more than one pass when it is stopped; it goes on from the last one kept.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from speech.train.features import Features
from speech.train.lessons import Lessons, width
from speech.train.network import Network, padded

PEAK, DECAY, SMOOTHING = 2.5e-3, 1e-3, 0.05
_NORM = 5.0
BATCH = 6000  # frames
_HOLES, _HOLE = 2, 12  # stretches of up to so many frames that a lesson loses, so that neighbours are used
_WARM = 0.15  # of the steps
_KEEP_EVERY = 60.0  # seconds
_MEMORY = 0.995  # of the running mean of the states: about the last two hundred steps
IGNORED = -100

Say = Callable[[str], None]


def collated(
    lessons: Lessons, group: list[int], chance: np.random.Generator, blank: Features
) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (batch, frames, 40), to a width, with holes, and labels (batch, answers), IGNORED beyond the end."""
    sounds = [padded(lessons.features(at)) for at in group]
    rights = [lessons.answers(at) for at in group]
    around = len(sounds[0]) - len(lessons.features(group[0]))
    wide = width(max(map(len, sounds)) - around) + around
    features = np.zeros((len(group), wide, sounds[0].shape[1]), np.float32)
    answers = np.full((len(group), max(map(len, rights))), IGNORED)
    for row, (sound, right) in enumerate(zip(sounds, rights, strict=True)):
        features[row, : len(sound)], features[row, len(sound) :] = sound, sound[-1]
        answers[row, : len(right)] = right
        for _ in range(_HOLES):
            start = chance.integers(0, len(sound))
            features[row, start : start + chance.integers(0, _HOLE)] = blank
    return torch.from_numpy(features), torch.from_numpy(answers)


def pace(done: float, peak: float) -> float:
    """The rate of learning when this part of the training (0 to 1) is done: a short way up, a long way down."""
    if done < _WARM:
        return peak * (0.04 + 0.96 * done / _WARM)
    return peak * max(1e-4, 0.5 * (1 + math.cos(math.pi * min(1.0, (done - _WARM) / (1 - _WARM)))))


class Progress:
    """How far a training is: by passes over the lessons or by time, whichever is further; kept on disk now and then."""

    def __init__(self, network: Network, kept: Path, steps: int, seconds: float, peak: float) -> None:
        self.network, self._kept, self._steps, self._seconds, self._peak = network, kept, steps, seconds, peak
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=peak, weight_decay=DECAY)
        self.step, self._before = 0, 0.0
        self._mean = {name: value.clone().float() for name, value in network.state_dict().items()}
        if kept.is_file():
            state = torch.load(kept, weights_only=True)
            network.load_state_dict(state["network"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self._before = state["step"], state["seconds"]
            self._mean = {name: value.float() for name, value in state["mean"].items()}
        self._started = self._saved = time.monotonic()

    def spent(self) -> float:
        """Seconds of training so far, those of earlier runs included."""
        return self._before + time.monotonic() - self._started

    def done(self) -> float:
        """0 to 1 (or more)."""
        return max(self.step / self._steps, self.spent() / self._seconds)

    def learn(self, loss: torch.Tensor, most: float) -> None:
        """One step down the loss, with gradients of at most this norm."""
        for group in self.optimiser.param_groups:
            group["lr"] = pace(self.done(), self._peak)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), most)
        self.optimiser.step()
        self.step += 1
        share = min(_MEMORY, self.step / (self.step + 20))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                self._mean[name].mul_(share).add_(value.float(), alpha=1 - share)

    def due(self) -> bool:
        """Whether it is time to keep the state; keeps it if so."""
        if time.monotonic() - self._saved < _KEEP_EVERY:
            return False
        self.keep()
        return True

    def keep(self) -> None:
        """The state to go on from, written whole or not at all."""
        self._saved = time.monotonic()
        now = self.network.state_dict()
        mean = {name: value.to(now[name].dtype) for name, value in self._mean.items()}
        state = {"network": now, "mean": mean, "optimiser": self.optimiser.state_dict()}
        part = self._kept.with_suffix(".part")
        torch.save(state | {"step": self.step, "seconds": self.spent()}, part)
        part.rename(self._kept)


def steps_of(lessons: Lessons, passes: float, batch: int = BATCH) -> int:
    """How many groups so many passes are."""
    return max(1, int(sum(1 for _ in lessons.batches(np.random.default_rng(0), batch)) * passes))


def blank_of(lessons: Lessons) -> Features:
    """The mean frame: what a hole is filled with."""
    mean: Features = lessons.frames[::97].astype(np.float32).mean(0)
    return mean


def train(network: Network, lessons: Lessons, kept: Path, passes: float, seconds: float, say: Say) -> None:
    """Trains for so many passes, or so many seconds if these are over first; `kept` holds the state to go on from."""
    progress = Progress(network, kept, steps_of(lessons, passes), seconds, PEAK)
    blank, chance = blank_of(lessons), np.random.default_rng(progress.step)
    network.train()
    while progress.done() < 1:
        loss_sum = right = count = 0.0
        for group in lessons.batches(chance, BATCH):
            if progress.done() >= 1:
                break
            features, answers = collated(lessons, group, chance, blank)
            with torch.autocast("cpu", torch.bfloat16):
                found = network(features)[0]
            size = min(found.shape[1], answers.shape[1])
            found, answers = found[:, :size].float(), answers[:, :size]
            flat = found.reshape(-1, found.shape[-1]), answers.reshape(-1)
            loss = functional.cross_entropy(*flat, ignore_index=IGNORED, label_smoothing=SMOOTHING)
            progress.learn(loss, _NORM)
            mask = answers >= 0
            frames = float(mask.sum())
            loss_sum, count = loss_sum + loss.item() * frames, count + frames
            right += float(((found.argmax(-1) // 2 == answers // 2) & mask).sum())
            if progress.due():
                say(f"  {progress.done():.0%} loss {loss_sum / count:.3f} phones right {right / count:.1%}")
                loss_sum = right = count = 0.0
    progress.keep()
