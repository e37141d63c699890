"""The second stage of training: the right phones against all others (lattice-free MMI), as Kaldi's chain models do it.

Numerator: the aligned phones, each free to start and end a few frames off. Denominator: every string of phones,
weighed by a trigram of the lessons' own. The gradient is the difference of the two posteriors. Never does: use
words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from speech.train import faster
from speech.train.features import Labels
from speech.train.first_stage import IGNORED, Progress, blank_of, collated, steps_of
from speech.train.lessons import Lessons
from speech.train.network import Network

PEAK = 1e-3
BATCH = 5000  # frames
PRIOR = 0.7  # of the log prior is taken from the first stage's outputs, which become likelihoods
_SLACK = 3  # answers (30 ms each) that a phone may start earlier or end later
_BESIDE, _SMALL = 0.2, 2e-5  # weights of the cross-entropy beside it and of keeping the outputs small
_NORM = 2.0
_TINY = 1e-30

Say = Callable[[str], None]
Tensor = torch.Tensor


def trigram(lessons: Lessons) -> tuple[Tensor, Tensor]:
    """How often a phone comes at all (P,), and after each two: [second, first, third], smoothed towards pairs."""
    count = len(lessons.phones)
    single, pair, triple = np.ones(count), np.zeros((count, count)), np.zeros((count, count, count))
    for at in range(len(lessons)):
        right = lessons.answers(at)
        string = np.concatenate([[0], right[right % 2 == 0] // 2])
        np.add.at(single, string[1:], 1)
        np.add.at(pair, (string[:-1], string[1:]), 1)
        np.add.at(triple, (string[:-2], string[1:-1], string[2:]), 1)
    single /= single.sum()
    pair = (pair + 5 * single) / (pair.sum(1, keepdims=True) + 5)
    triple = (triple + 3 * pair[None]) / (triple.sum(2, keepdims=True) + 3)
    after = torch.tensor(triple, dtype=torch.float32).permute(1, 0, 2).contiguous()
    return torch.tensor(single, dtype=torch.float32), after


def _each(live: Tensor, shape: tuple[int, ...]) -> Tensor:
    return live.view(-1, *shape)


def denominator(likely: Tensor, lengths: Tensor, single: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
    """Log of the sum over all strings of phones (batch,), and the posterior of every output.

    likely: (batch, answers, 2 * phones) likelihoods. A state is (phone before, phone); of each there are two copies,
    its first frame and the later ones. Half of the probability stays, half goes on, as in the HMM.
    """
    first, later = likely[:, :, 0::2], likely[:, :, 1::2]
    started: list[Tensor] = []
    stayed: list[Tensor] = []
    sums: list[Tensor] = []
    total = torch.zeros(len(likely))
    for t in range(likely.shape[1]):
        if t == 0:
            start = single[None, :, None] * single[None, None, :] * first[:, 0, None, :]
            stay = torch.zeros_like(start)
        else:
            half = 0.5 * (start + stay)
            live = _each(t < lengths, (1, 1))
            fresh = torch.bmm(half.permute(2, 0, 1), after).permute(1, 0, 2) * first[:, t, None, :]
            start, stay = torch.where(live, fresh, start), torch.where(live, half * later[:, t, None, :], stay)
        size = (start.sum((1, 2)) + stay.sum((1, 2))).clamp_min(_TINY)
        if t:
            size = torch.where(t < lengths, size, torch.ones_like(size))
        start, stay = start / _each(size, (1, 1)), stay / _each(size, (1, 1))
        total = total + size.log()
        started.append(start)
        stayed.append(stay)
        sums.append(size)
    posterior = torch.zeros_like(likely)
    back = torch.ones_like(start)
    for t in range(likely.shape[1] - 1, -1, -1):
        live = _each(t < lengths, (1, 1))
        begin, on = started[t] * back, stayed[t] * back
        whole = (begin.sum((1, 2)) + on.sum((1, 2))).clamp_min(_TINY).view(-1, 1)
        posterior[:, t, 0::2] = begin.sum(1) / whole * live[:, :, 0]
        posterior[:, t, 1::2] = on.sum(1) / whole * live[:, :, 0]
        if t:
            ahead = back * first[:, t, None, :]
            moved = torch.bmm(ahead.permute(1, 0, 2), after.transpose(1, 2)).permute(1, 2, 0)
            step = 0.5 * (moved + back * later[:, t, None, :]) / _each(sums[t], (1, 1))
            back = torch.where(live, step, back)
    return total, posterior


def numerator(
    likely: Tensor, lengths: Tensor, string: Tensor, windows: Tensor, counts: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The same for the right phones alone, and which lessons have such a path at all.

    string: (batch, phones) numbers of phones; windows: (batch, phones, 2) answers in which each may lie.
    """
    frames = likely.shape[1]
    first = likely.gather(2, (2 * string)[:, None, :].expand(-1, frames, -1))
    later = likely.gather(2, (2 * string + 1)[:, None, :].expand(-1, frames, -1))
    at = torch.arange(frames).view(1, frames, 1)
    allowed = ((at >= windows[:, None, :, 0]) & (at < windows[:, None, :, 1])).float()
    first, later = first * allowed, later * allowed
    start = torch.zeros(len(likely), string.shape[1])
    start[:, 0] = first[:, 0, 0]
    stay = torch.zeros_like(start)
    kept: list[tuple[Tensor, Tensor, Tensor]] = []
    total = torch.zeros(len(likely))
    nothing = torch.zeros(len(likely), 1)
    for t in range(frames):
        if t:
            half = 0.5 * (start + stay)
            live = _each(t < lengths, (1,))
            fresh = torch.cat([nothing, half[:, :-1]], 1) * first[:, t]
            start, stay = torch.where(live, fresh, start), torch.where(live, half * later[:, t], stay)
        size = start.sum(1) + stay.sum(1)
        if t:
            size = torch.where(t < lengths, size, torch.ones_like(size))
        size = size.clamp_min(_TINY)
        start, stay = start / size.view(-1, 1), stay / size.view(-1, 1)
        total = total + size.log()
        kept.append((start, stay, size))
    back = torch.zeros_like(start).scatter_(1, (counts - 1).view(-1, 1), 1.0)
    end = ((start + stay) * back).sum(1)
    found = (end > 1e-20) & (total > -1e4)
    posterior = torch.zeros_like(likely)
    for t in range(frames - 1, -1, -1):
        live = (t < lengths).view(-1, 1)
        begin, on = kept[t][0] * back, kept[t][1] * back
        whole = (begin.sum(1) + on.sum(1)).clamp_min(_TINY).view(-1, 1)
        posterior[:, t].scatter_add_(1, 2 * string, begin / whole * live)
        posterior[:, t].scatter_add_(1, 2 * string + 1, on / whole * live)
        if t:
            ahead = torch.cat([(back * first[:, t])[:, 1:], nothing], 1)
            back = torch.where(live, 0.5 * (ahead + back * later[:, t]) / kept[t][2].view(-1, 1), back)
    return total + end.clamp_min(_TINY).log(), posterior, found


@dataclass(frozen=True)
class Compared:
    """Per lesson: how much likelier all strings are than the right one; both posteriors' difference; the right one."""

    loss: Tensor
    gradient: Tensor
    right: Tensor


@torch.no_grad()
def compared(
    answers: Tensor,
    lengths: Tensor,
    strings: tuple[Tensor, Tensor, Tensor],
    model: tuple[Tensor, Tensor],
    quick: faster.Sums | None = None,
) -> Compared:
    """Both sums over the network's answers (batch, answers, 2 * phones); a lesson without a path counts nothing."""
    held = answers.clamp(-30, 30)
    likely = (held - held.max(2, keepdim=True)[0]).exp()
    if quick is not None and quick.there:
        all_, ours = quick.denominator(likely, lengths), quick.numerator(likely, lengths, *strings)
    else:
        all_, ours = denominator(likely, lengths, *model), numerator(likely, lengths, *strings)
    found = ours[2].float()
    return Compared(
        (all_[0] - ours[0]) * found, (all_[1] - ours[1]) * found.view(-1, 1, 1), ours[1] * found.view(-1, 1, 1)
    )


class Mmi(torch.autograd.Function):
    """The loss of a batch a frame, with its known gradient."""

    @staticmethod
    def forward(context: Any, answers: Tensor, told: Compared, frames: Tensor) -> Tensor:
        """The mean loss a frame."""
        context.gradient = told.gradient / frames
        return told.loss.sum() / frames

    @staticmethod
    def backward(context: Any, *above: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[override]
        """The difference of the posteriors."""
        return above[0] * context.gradient, None, None


def strings_of(rights: list[Labels]) -> tuple[Tensor, Tensor, Tensor]:
    """The phones of every lesson, where each may lie, and how many there are."""
    starts = [np.nonzero(right % 2 == 0)[0] for right in rights]
    most = max(map(len, starts))
    string, windows = np.zeros((len(rights), most), np.int64), np.zeros((len(rights), most, 2), np.int64)
    for row, (right, start) in enumerate(zip(rights, starts, strict=True)):
        string[row, : len(start)] = right[start] // 2
        windows[row, : len(start), 0] = start - _SLACK
        windows[row, : len(start), 1] = np.append(start[1:], len(right)) + _SLACK
    return torch.from_numpy(string), torch.from_numpy(windows), torch.tensor([len(start) for start in starts])


@torch.no_grad()
def as_likelihoods(network: Network, lessons: Lessons) -> None:
    """From posteriors to likelihoods: the second head keeps the first stage's answers, the first loses its prior."""
    seen = np.bincount(np.asarray(lessons.labels, np.int64), minlength=2 * len(lessons.phones)) + 10.0
    network.beside.weight.copy_(network.out.weight)
    network.beside.bias.copy_(network.out.bias)  # type: ignore[union-attr, arg-type]
    network.out.bias -= PRIOR * torch.tensor(np.log(seen / seen.sum()), dtype=torch.float32)  # type: ignore[operator]


def train(network: Network, lessons: Lessons, kept: Path, passes: float, seconds: float, say: Say) -> None:
    """Goes on from the first stage's network for so many passes or seconds; `kept` holds the state to go on from."""
    if not kept.is_file():
        as_likelihoods(network, lessons)
    progress = Progress(network, kept, steps_of(lessons, passes, BATCH), seconds, PEAK)
    model, blank, chance = trigram(lessons), blank_of(lessons), np.random.default_rng(1000 + progress.step)
    quick = faster.Sums(*model)
    network.train()
    while progress.done() < 1:
        sums = np.zeros(3)
        for group in lessons.batches(chance, BATCH):
            if progress.done() >= 1:
                break
            features, labels = collated(lessons, group, chance, blank)
            lengths = (labels != IGNORED).sum(1)
            answers, beside = (one[:, : labels.shape[1]] for one in faster.answers(network, features))
            told = compared(answers.detach(), lengths, strings_of([lessons.answers(at) for at in group]), model, quick)
            frames = lengths.sum()
            loss = Mmi.apply(answers, told, frames)
            entropy = -(told.right * beside.log_softmax(-1)).sum() / frames
            small = (answers**2).mean() * answers.shape[-1]
            progress.learn(loss + _BESIDE * entropy + _SMALL * small, _NORM)
            sums += (loss.item() * int(frames), entropy.item() * int(frames), int(frames))
            if progress.due():
                say(f"  {progress.done():.0%} mmi {sums[0] / sums[2]:.4f} entropy {sums[1] / sums[2]:.3f}")
                sums[:] = 0
    progress.keep()
