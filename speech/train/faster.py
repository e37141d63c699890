"""The second stage's arithmetic, two times as fast: its sums in C (sums.c), its layers as plain products in bfloat16.

Where there is no C compiler, second_stage.py's own sums do the same, slower. Never does: change a result by more than
the last digits.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from speech.train.features import STRIDE
from speech.train.network import _PAST, BLOCKS, Network

_WIDE = 16  # numbers in a vector of sums.c
_SOURCE = Path(__file__).with_name("sums.c")
# What torch compiles for one size of a product it keeps for the next of that size; 1,024, its own limit, are too few.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "6000")
_OPTIONS = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")

Tensor = torch.Tensor


def answers(network: Network, features: Tensor) -> tuple[Tensor, Tensor]:
    """What the network says in training, of both heads: convolutions as products over all frames at once."""
    half = torch.bfloat16
    wave = ((features - network.mean) / network.spread).to(half)
    splice = network.first.weight.shape[2]
    frames = wave.shape[1] - splice + 1
    state = _layer(torch.cat([wave[:, at : at + frames] for at in range(splice)], -1), network.first)
    state = torch.relu(_normal(state, network.first_norm))
    for block in range(BLOCKS):
        step = STRIDE if block == 0 else 1
        weight = network.necks[block].weight
        both = functional.linear(state, torch.cat([weight[:, :, 0], weight[:, :, 1]]).to(half))
        neck = both[:, :-1, : len(weight)] + both[:, 1:, len(weight) :]
        fresh = _layer(torch.cat([neck[:, :-1:step], neck[:, 1::step]], -1), network.widths[block])
        state = network.drop(torch.relu(_normal(fresh, network.norms[block]))) + _PAST * state[:, 1:-1:step]
    state = network.drop(torch.relu(_normal(_layer(state, network.last), network.last_norm)))
    return _layer(state, network.out).float(), _layer(state, network.beside).float()


def _layer(wave: Tensor, layer: Any) -> Tensor:
    weight = layer.weight.permute(0, 2, 1).reshape(len(layer.weight), -1)
    return functional.linear(wave, weight.to(wave.dtype), layer.bias.to(wave.dtype))


def _normal(wave: Tensor, norm: Any) -> Tensor:
    out: Tensor = norm(wave.reshape(-1, wave.shape[-1])).view(wave.shape)
    return out


@cache
def library(phones: int) -> ctypes.CDLL | None:
    """The sums for so many phones, compiled for this processor; None where that cannot be done."""
    compiler, padded = shutil.which("cc") or shutil.which("gcc"), -(-phones // _WIDE) * _WIDE
    if compiler is None:
        return None
    name = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"sums-{name}-{padded}.so"
        command = [compiler, *_OPTIONS, f"-DPADDED={padded}", str(_SOURCE), "-o", str(made), "-lm"]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            return None
        return ctypes.CDLL(str(made))  # stays open when the file is gone


def _at(table: NDArray[Any]) -> ctypes.c_void_p:
    return table.ctypes.data_as(ctypes.c_void_p)


def _padded(after: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows made up to whole vectors, at an address that is a multiple of 64."""
    phones = len(after)
    padded = -(-phones // _WIDE) * _WIDE
    space = np.zeros(phones * phones * padded + _WIDE, np.float32)
    start = (-space.ctypes.data % 64) // 4
    table = space[start : start + phones * phones * padded].reshape(phones, phones, padded)
    table[:, :, :phones] = after
    return table


class Sums:
    """The sums over strings of phones with one grammar of phones: single (P,), after [second, first, third]."""

    def __init__(self, single: Tensor, after: Tensor) -> None:
        self._library = library(len(single))
        self._single = single.numpy().copy()
        self._after, self._turned = _padded(after.numpy()), _padded(after.numpy().transpose(0, 2, 1))

    @property
    def there(self) -> bool:
        """Whether it can be used here."""
        return self._library is not None

    def denominator(self, likely: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """As second_stage.denominator."""
        assert self._library is not None
        lessons, frames, outputs = likely.shape
        given = np.ascontiguousarray(likely.numpy(), np.float32), np.ascontiguousarray(lengths.numpy(), np.int64)
        posterior, total = np.zeros((lessons, frames, outputs), np.float32), np.zeros(lessons)
        tables = map(_at, (*given, self._single, self._after, self._turned))
        if self._library.denominator(*tables, lessons, frames, outputs // 2, _at(posterior), _at(total)):
            raise MemoryError
        return torch.from_numpy(total).float(), torch.from_numpy(posterior)

    def numerator(
        self, likely: Tensor, lengths: Tensor, string: Tensor, windows: Tensor, counts: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """As second_stage.numerator."""
        assert self._library is not None
        lessons, frames, outputs = likely.shape
        numbers = [np.ascontiguousarray(one.numpy(), np.int64) for one in (lengths, string, windows, counts)]
        given, found = np.ascontiguousarray(likely.numpy(), np.float32), np.zeros(lessons, np.uint8)
        posterior, total = np.zeros((lessons, frames, outputs), np.float32), np.zeros(lessons)
        sizes = lessons, frames, outputs, string.shape[1]
        if self._library.numerator(*map(_at, (given, *numbers)), *sizes, _at(posterior), _at(total), _at(found)):
            raise MemoryError
        return torch.from_numpy(total).float(), torch.from_numpy(posterior), torch.from_numpy(found).bool()
