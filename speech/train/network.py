"""The network: 2.9 million numbers that turn 0.5 s of sound into the likelihood of every phone, every 30 ms.

A factored time-delay network (TDNN-F) as Kaldi's recipes build them, small enough for fifty callers on one core.
Never does: read sound; it is given features.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from speech.train import kaldi
from speech.train.features import SIZE, STRIDE, Features

WIDTH, NECK, BLOCKS, LAST = 512, 160, 8, 192
_SPLICE = 5  # frames seen by the first layer
_PAST = 0.66  # how much of a block's input goes around it
_DROPOUT = 0.1
_RIDGE = 10.0
# What the phone for unknown words gives away on every answer: found on sentences that are not held out, such that few
# known words are lost and a grammar of ten digits hears few in other sentences.
RESERVE = {"hi": 2.6, "en": 2.9}
CONTEXT = _SPLICE // 2 + 1 + STRIDE * (BLOCKS - 1)  # frames of sound before and after


class Network(nn.Module):
    """(batch, frames, 40) of features, padded by CONTEXT, to (batch, answers, 2 * phones) of log-likelihoods."""

    def __init__(self, phones: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(SIZE))
        self.register_buffer("spread", torch.ones(SIZE))
        self.first = nn.Conv1d(SIZE, WIDTH, _SPLICE)
        self.first_norm = nn.BatchNorm1d(WIDTH)
        self.necks = nn.ModuleList(nn.Conv1d(WIDTH, NECK, 2, bias=False) for _ in range(BLOCKS))
        # The first one steps over what the network leaves out: that is not computed.
        self.widths = nn.ModuleList(nn.Conv1d(NECK, WIDTH, 2, 1 if at else STRIDE) for at in range(BLOCKS))
        self.norms = nn.ModuleList(nn.BatchNorm1d(WIDTH) for _ in range(BLOCKS))
        self.last = nn.Conv1d(WIDTH, LAST, 1)
        self.last_norm = nn.BatchNorm1d(LAST)
        self.out = nn.Conv1d(LAST, 2 * phones, 1)
        self.beside = nn.Conv1d(LAST, 2 * phones, 1)  # keeps the second stage near the labels; not exported
        self.drop = nn.Dropout(_DROPOUT)

    def hidden(self, features: torch.Tensor) -> torch.Tensor:
        """(batch, LAST, answers)"""
        wave = ((features - self.mean) / self.spread).transpose(1, 2)
        state = torch.relu(self.first_norm(self.first(wave)))
        for block in range(BLOCKS):
            step = STRIDE if block == 0 else 1
            fresh = self.widths[block](self.necks[block](state))
            state = self.drop(torch.relu(self.norms[block](fresh))) + _PAST * state[:, :, 1:-1:step]
        return self.drop(torch.relu(self.last_norm(self.last(state))))

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The answers of both heads."""
        state = self.hidden(features)
        return self.out(state).transpose(1, 2), self.beside(state).transpose(1, 2)


def padded(features: Features) -> Features:
    """With the first and the last frame repeated, exactly as Kaldi does at the ends of a sound."""
    count = len(features)
    after = STRIDE * ((count + STRIDE - 1) // STRIDE - 1) + CONTEXT - (count - 1)
    return np.concatenate([np.repeat(features[:1], CONTEXT, 0), features, np.repeat(features[-1:], after, 0)])


def _matrix(weight: torch.Tensor) -> NDArray[np.float32]:
    """A convolution's weights (out, in, frames) in the order of Kaldi's Append (out, frames * in)."""
    return weight.permute(0, 2, 1).reshape(weight.shape[0], -1).numpy().astype(np.float32)


def _folded(layer: nn.Conv1d, norm: nn.BatchNorm1d) -> tuple[torch.Tensor, torch.Tensor]:
    assert layer.bias is not None and norm.running_var is not None and norm.running_mean is not None
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return layer.weight * scale[:, None, None], (layer.bias - norm.running_mean) * scale + norm.bias


@torch.no_grad()
def with_filler(network: Network, sounds: Iterable[Features], language: str) -> float:
    """Adds the outputs of a phone for any speech; how well it fits (R², 1 is perfect).

    Its likelihood is that of all phones but silence together, less RESERVE, as far as the last layer's numbers can tell
    (least squares with a little ridge): known words beat it where they fit, it wins where none does.
    """
    network.eval()
    states = [network.hidden(torch.tensor(padded(one))[None])[0].T for one in sounds]
    seen = torch.cat([torch.cat(states), torch.ones(sum(map(len, states)), 1)], 1).double()
    weight, bias = network.out.weight[:, :, 0].double(), network.out.bias.double()  # type: ignore[union-attr]
    speech = torch.logsumexp((seen[:, :-1] @ weight.T + bias)[:, 2:], 1)
    fitted = torch.linalg.solve(seen.T @ seen + _RIDGE * torch.eye(LAST + 1), seen.T @ speech)
    rest = 1 - float(((seen @ fitted - speech) ** 2).mean() / speech.var())
    outputs = nn.Conv1d(LAST, len(weight) + 2, 1)
    outputs.weight.copy_(torch.cat([weight, fitted[:-1].expand(2, -1)]).float()[:, :, None])
    outputs.bias.copy_(torch.cat([bias, (fitted[-1] - RESERVE[language]).expand(2)]).float())  # type: ignore[union-attr]
    network.out = outputs
    return rest


@torch.no_grad()
def export(network: Network, path: Path, outputs: list[tuple[int, int]]) -> None:
    """am/final.mdl for Vosk, with normalisations folded into the weights."""
    network = network.cpu().eval()
    config, components = [f"input-node name=input dim={SIZE}"], []

    def node(name: str, one: kaldi.Component, source: str) -> str:
        components.append((name, one))
        config.append(f"component-node name={name} component={name} input={source}")
        return name

    weight, bias = _folded(network.first, network.first_norm)
    bias = bias - (weight * (network.mean / network.spread)[None, :, None]).sum((1, 2))
    weight = weight / network.spread[None, :, None]
    half = _SPLICE // 2
    spliced = ", ".join("input" if at == 0 else f"Offset(input, {at})" for at in range(-half, half + 1))
    node("l0.affine", kaldi.Affine(_matrix(weight), bias.numpy()), f"Append({spliced})")
    before = node("l0.relu", kaldi.Relu(WIDTH), "l0.affine")
    for block in range(BLOCKS):
        step = 1 if block == 0 else STRIDE
        none = np.zeros(NECK, np.float32)
        neck = kaldi.Affine(_matrix(network.necks[block].weight), none)
        node(f"b{block}.lin", neck, f"Append(Offset({before}, -{step}), {before})")
        weight, bias = _folded(network.widths[block], network.norms[block])
        wide = kaldi.Affine(_matrix(weight), bias.numpy())
        node(f"b{block}.affine", wide, f"Append(b{block}.lin, Offset(b{block}.lin, {step}))")
        node(f"b{block}.relu", kaldi.Relu(WIDTH), f"b{block}.affine")
        before = node(f"b{block}.noop", kaldi.Same(WIDTH), f"Sum(Scale({_PAST}, {before}), b{block}.relu)")
    weight, bias = _folded(network.last, network.last_norm)
    node("pre.affine", kaldi.Affine(_matrix(weight), bias.numpy()), before)
    node("pre.relu", kaldi.Relu(LAST), "pre.affine")
    assert network.out.bias is not None
    node("output.affine", kaldi.Affine(_matrix(network.out.weight), network.out.bias.numpy()), "pre.relu")
    config.append("output-node name=output input=output.affine objective=linear")
    kaldi.write(path, outputs, config, components, CONTEXT)


@torch.no_grad()
def begin_anew(network: Network, frames: NDArray[np.float32]) -> None:
    """Start from nothing: only the mean and the spread of the features (frames, 40) are known."""
    network.mean.copy_(torch.tensor(frames.mean(0)))
    network.spread.copy_(torch.tensor(frames.std(0)))


@torch.no_grad()
def begin_with(network: Network, model: Path, phones: Sequence[str], features: list[Features]) -> None:
    """Start from a model's folder: its hidden layers, and the outputs of those of our phones that it has by name.

    A narrower model is widened: what it has no numbers for begins by chance, and leads nowhere yet. Its normalisations
    are folded away: they are measured anew on `features`, so that the network still says the same.
    """
    path = model / "am" / "final.mdl"
    names = (line.split()[0] for line in (model / "graph" / "phones.txt").read_text(encoding="utf-8").splitlines()[1:])
    theirs = {name.split("_")[0]: both for name, both in zip(names, kaldi.read_outputs(path), strict=True)}
    columns = {2 * at + part: theirs[one][part] for at, one in enumerate(phones) if one in theirs for part in (0, 1)}
    told = kaldi.read_affines(path)

    def back(name: str, layer: nn.Conv1d) -> None:
        frames, out = layer.weight.shape[2], len(told[name].weights)
        narrow = torch.tensor(told[name].weights).reshape(out, frames, -1).permute(0, 2, 1)
        layer.weight[:out] = 0.0
        layer.weight[:out, : narrow.shape[1]] = narrow
        if layer.bias is not None:
            layer.bias[:out] = torch.tensor(told[name].bias)

    back("l0.affine", network.first)
    network.mean.zero_()
    network.spread.fill_(1.0)
    for block in range(BLOCKS):
        back(f"b{block}.lin", network.necks[block])
        back(f"b{block}.affine", network.widths[block])
    back("pre.affine", network.last)
    old = told["output.affine"]
    network.out.weight[:] = 0.0
    for ours, column in columns.items():
        network.out.weight[ours, : old.weights.shape[1], 0] = torch.tensor(old.weights[column])
        network.out.bias[ours] = float(old.bias[column])  # type: ignore[index]
    _normalised_again(network, features)


def _normalised_again(network: Network, features: list[Features]) -> None:
    """Every normalisation set to undo itself on this sound."""
    network.eval()
    pairs = [(network.first, network.first_norm), *zip(network.widths, network.norms, strict=True)]
    for layer, norm in [*pairs, (network.last, network.last_norm)]:
        assert isinstance(layer, nn.Conv1d) and isinstance(norm, nn.BatchNorm1d)
        values = _passing(network, layer, features)
        norm.running_mean, norm.running_var = values.mean(1), values.var(1)
        norm.weight.copy_(torch.sqrt(norm.running_var + norm.eps))
        norm.bias.copy_(norm.running_mean)


def _passing(network: Network, layer: nn.Conv1d, features: list[Features]) -> torch.Tensor:
    """What the layer puts out, (channels, all answers), with everything before it as it is now."""
    seen: list[torch.Tensor] = []

    def watched(_layer: nn.Module, _given: object, out: torch.Tensor) -> None:
        seen.append(out.transpose(0, 1).reshape(out.shape[1], -1))

    watch = layer.register_forward_hook(watched)
    for one in features:
        network.hidden(torch.tensor(padded(one.astype(np.float32)))[None])
    watch.remove()
    return torch.cat(seen, 1)
