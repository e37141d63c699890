"""The acoustic model's file as Vosk reads it (Kaldi's binary format), written and read without Kaldi.

One HMM of one state for every phone: its first 30 ms has one output of the network, what follows another. Matrices
take two bytes a number, as Kaldi's own "compressed" ones, which it reads wherever it expects a matrix of floats: half
the file, and nothing that is heard changes. Never does: know what the network is; it is given named matrices.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_STEPS = 65535  # of which a compressed matrix's range is made: two bytes a number


@dataclass(frozen=True)
class Affine:
    """weights (out, in) times the input plus bias (out,)."""

    weights: Matrix
    bias: Matrix


@dataclass(frozen=True)
class Relu:
    """max(0, x) of so many numbers."""

    size: int


@dataclass(frozen=True)
class Same:
    """So many numbers as they are (for sums)."""

    size: int


Component = Affine | Relu | Same


def _int(value: int) -> bytes:
    return b"\x04" + struct.pack("<i", value)


def _float(value: float) -> bytes:
    return b"\x04" + struct.pack("<f", value)


def _double(value: float) -> bytes:
    return b"\x08" + struct.pack("<d", value)


def _token(name: str) -> bytes:
    return name.encode() + b" "


def _ints(values: Sequence[int]) -> bytes:
    return b"\x04" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes()


def _vector(values: Iterable[float] | Matrix) -> bytes:
    numbers = np.asarray(list(values) if not isinstance(values, np.ndarray) else values, "<f4")
    return b"FV " + _int(len(numbers)) + numbers.tobytes()


def _matrix(values: Matrix) -> bytes:
    """Two bytes a number: steps from the smallest to the largest. Its head, unlike others, has no byte for sizes."""
    least = float(values.min())
    span = float(values.max()) - least or 1.0  # all the same: any range will do
    head = b"CM2 " + struct.pack("<ffii", least, span, *values.shape)
    return head + np.rint((values.astype(np.float64) - least) * (_STEPS / span)).astype("<u2").tobytes()


def _read_matrix(data: bytes, at: int) -> tuple[Matrix, int]:
    """A matrix of either kind at this place, and where it ends: models made before have floats."""
    if data.startswith(b"FM ", at):
        rows, columns = (struct.unpack_from("<i", data, at + 5 * k + 4)[0] for k in (0, 1))
        at += 13
        return np.frombuffer(data, "<f4", rows * columns, at).reshape(rows, columns).copy(), at + 4 * rows * columns
    least, span, rows, columns = struct.unpack_from("<ffii", data, at + len(b"CM2 "))
    at += len(b"CM2 ") + 16
    steps = np.frombuffer(data, "<u2", rows * columns, at).reshape(rows, columns)
    return (least + steps * (span / _STEPS)).astype(np.float32), at + 2 * rows * columns


def _component(one: Component) -> bytes:
    if isinstance(one, Affine):
        inner = _token("<LinearParams>") + _matrix(one.weights) + _token("<BiasParams>") + _vector(one.bias)
        return _token("<FixedAffineComponent>") + inner + _token("</FixedAffineComponent>")
    if isinstance(one, Relu):
        empty = _vector([])
        counts = (("<ValueAvg>", empty), ("<DerivAvg>", empty), ("<Count>", _double(0.0)), ("<OderivRms>", empty),
                  ("<OderivCount>", _double(0.0)), ("<NumDimsSelfRepaired>", _double(0.0)),
                  ("<NumDimsProcessed>", _double(0.0)))  # fmt: skip
        inner = _token("<Dim>") + _int(one.size) + b"".join(_token(name) + value for name, value in counts)
        return _token("<RectifiedLinearComponent>") + inner + _token("</RectifiedLinearComponent>")
    inner = _token("<Dim>") + _int(one.size) + _token("<BackpropScale>") + _float(1.0)
    return _token("<NoOpComponent>") + inner + _token("</NoOpComponent>")


def _transitions(outputs: Sequence[tuple[int, int]]) -> bytes:
    """The HMM of every phone 1..N; outputs: which of the network's numbers is its first frame, which the later ones."""
    count = len(outputs)
    whole = _token("<TransitionModel>") + _token("<Topology>")
    whole += _ints(range(1, count + 1)) + _ints([-1] + [0] * count) + _int(-1) + _int(1)
    # State 0: first frame, later frames, and two transitions, to itself and out; state 1 is the end.
    whole += _int(2) + _int(0) + _int(1) + _int(2) + _int(0) + _float(0.5) + _int(1) + _float(0.5)
    whole += _int(-1) + _int(-1) + _int(0) + _token("</Topology>")
    triples = b"".join(_int(p) + _int(0) + _int(first) + _int(later) for p, (first, later) in enumerate(outputs, 1))
    whole += _token("<Tuples>") + _int(count) + triples + _token("</Tuples>")
    whole += _token("<LogProbs>") + _vector([0.0] + [float(np.log(0.5))] * (2 * count)) + _token("</LogProbs>")
    return whole + _token("</TransitionModel>")


def write(
    path: Path,
    outputs: Sequence[tuple[int, int]],
    config: Sequence[str],
    components: Sequence[tuple[str, Component]],
    context: int,
) -> None:
    """One file: HMMs, the network's wiring and numbers, and its context in frames to either side."""
    whole = b"\0B" + _transitions(outputs)
    whole += _token("<Nnet3>") + b"\n" + "\n".join(config).encode() + b"\n\n"
    whole += _token("<NumComponents>") + _int(len(components))
    for name, one in components:
        whole += _token("<ComponentName>") + _token(name) + _component(one)
    whole += _token("</Nnet3>") + _token("<LeftContext>") + _int(context) + _token("<RightContext>") + _int(context)
    path.write_bytes(whole + _token("<Priors>") + _vector([]))


def read_outputs(path: Path) -> list[tuple[int, int]]:
    """Which outputs belong to each phone, in the order of phones."""
    data = path.read_bytes()
    at = data.index(b"<Tuples> ") + len(b"<Tuples> ")
    (count,) = struct.unpack_from("<i", data, at + 1)
    numbers = [struct.unpack_from("<i", data, at + 5 + 5 * k + 1)[0] for k in range(4 * count)]
    return [(numbers[4 * k + 2], numbers[4 * k + 3]) for k in range(count)]


def read_affines(path: Path) -> dict[str, Affine]:
    """The affine components of a file that `write` made, by name."""
    data = path.read_bytes()
    found: dict[str, Affine] = {}
    at = data.index(b"<Nnet3> ")
    while (at := data.find(b"<ComponentName> ", at)) >= 0:
        at += len(b"<ComponentName> ")
        name = data[at : data.index(b" ", at)].decode()
        at += len(name) + 1
        if not data.startswith(b"<FixedAffineComponent> ", at):
            continue
        weights, at = _read_matrix(data, at + len(b"<FixedAffineComponent> <LinearParams> "))
        rows = len(weights)
        at += len(b"<BiasParams> FV ") + 5
        found[name] = Affine(weights, np.frombuffer(data, "<f4", rows, at).copy())
        at += 4 * rows
    return found
