"""The voice's network made twice as fast: its integer weights as floats, its sines as polynomials, run by OpenVINO.

The int8 export saves space, not time: most of it is spent on turning numbers into integers and back. OpenVINO works
in bfloat16 where the processor can. Measured on one core: 0.5 s a second of speech instead of 1.0; the sound's log-
mel energies agree with the original's (correlation 0.99). Never does: change the model file that was fetched.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speech.voice.kokoro import _ALSO_DURATIONS

# sin(r) on [-pi/2, pi/2]; only its square is used, so the sign of the half wave does not matter.
_SINE = (1.0, -1 / 6, 1 / 120, -1 / 5040)
_INTEGER = {"ConvInteger": "Conv", "MatMulInteger": "MatMul"}


class QuickVoice:
    """Kokoro's network on one thread."""

    def __init__(self, model: Path, cache: Path) -> None:
        import openvino

        cache.mkdir(parents=True, exist_ok=True)
        quick = cache / "kokoro-float.onnx"
        if not quick.is_file():
            part = quick.with_suffix(".part")
            part.write_bytes(as_floats(model.read_bytes()) + _ALSO_DURATIONS)
            part.rename(quick)
        core = openvino.Core()
        self._run = core.compile_model(
            core.read_model(quick),
            "CPU",
            {
                **{"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"},
                "ENABLE_CPU_PINNING": False,  # else two speakers of one machine share its first core
                "CPU_RUNTIME_CACHE_CAPACITY": 0,  # every sentence has its own length: a cache would grow by gigabytes
            },
        )

    def __call__(
        self, tokens: list[int], style: NDArray[np.float32], speed: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Sound at 24 kHz and the steps of every token with the two of padding; style: (256,)."""
        found = self._run(
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": style.reshape(1, -1).astype(np.float32),
                "speed": np.array([speed], np.float32),
            }
        )
        wave, steps = (np.asarray(one).reshape(-1) for one in found.values())
        return wave.astype(np.float32), steps.astype(np.float64)


def as_floats(model: bytes) -> bytes:
    """The same network with floats for integers and polynomials for sines."""
    import onnx

    whole = onnx.load_model_from_string(model)
    graph = whole.graph
    rewritten = _Rewriting(graph)
    for node in graph.node:
        if node.op_type in _INTEGER and node.input[1] in rewritten.constants:
            rewritten.float_for(node)
        elif node.op_type == "Sin" and all(user.op_type == "Pow" for user in rewritten.users[node.output[0]]):
            rewritten.polynomial_for(node)
    rewritten.finish()
    made: bytes = whole.SerializeToString()
    return made


class _Rewriting:
    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self.constants = {one.name: one for one in graph.initializer}
        self._maker = {name: node for node in graph.node for name in node.output}
        self.users: dict[str, list[Any]] = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                self.users[name].append(node)
        self._instead: dict[str, list[Any]] = {}  # the nodes that now make this value

    def float_for(self, node: Any) -> None:
        """Integer product, [integer bias], cast and scale become one product of floats."""
        from onnx import helper

        (after,) = self.users[node.output[0]]
        bias = []
        if after.op_type == "Add":
            (name,) = (one for one in after.input if one != node.output[0])
            while self._maker[name].op_type != "Div":
                name = self._maker[name].input[0]
            bias = [self._maker[name].input[0]]
            (after,) = self.users[after.output[0]]
        (scaled,) = self.users[after.output[0]]
        (scales,) = (one for one in scaled.input if one != after.output[0])
        (scale,) = (one for one in self._maker[scales].input if one in self.constants)
        weights, factor = self._value(node.input[1]) - self._value(node.input[3]), self._value(scale)
        if node.op_type == "ConvInteger" and factor.ndim:
            factor = factor.reshape(-1, *[1] * (weights.ndim - 1))
        kept = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        inputs = [self._maker[node.input[0]].input[0], self._constant(weights * factor), *bias]
        made = helper.make_node(_INTEGER[node.op_type], inputs, [scaled.output[0]], **kept)
        self._instead[scaled.output[0]] = [made]

    def polynomial_for(self, node: Any) -> None:
        """r = x - pi * round(x / pi), then r * (1 - r²/6 + ...)."""
        from onnx import helper

        steps: list[Any] = []

        def put(kind: str, *inputs: str, name: str = "") -> str:
            name = name or f"{node.output[0]}_{len(steps)}"
            steps.append(helper.make_node(kind, list(inputs), [name]))
            return name

        turns = put("Round", put("Mul", node.input[0], self._number(1 / np.pi)))
        rest = put("Sub", node.input[0], put("Mul", turns, self._number(np.pi)))
        square = put("Mul", rest, rest)
        total = self._number(_SINE[-1])
        for factor in reversed(_SINE[:-1]):
            total = put("Add", put("Mul", total, square), self._number(factor))
        put("Mul", total, rest, name=node.output[0])
        self._instead[node.output[0]] = steps

    def finish(self) -> None:
        """The new nodes in place of the old ones, and nothing that no longer leads to an output."""
        nodes = [new for node in self._graph.node for new in self._instead.get(node.output[0], [node])]
        needed = {one.name for one in self._graph.output} | {"/encoder/Clip_output_0"}
        kept = []
        for node in reversed(nodes):
            if needed & set(node.output):
                kept.append(node)
                needed |= set(node.input)
        del self._graph.node[:]
        self._graph.node.extend(reversed(kept))
        constants = [one for one in self._graph.initializer if one.name in needed]
        del self._graph.initializer[:]
        self._graph.initializer.extend(constants)

    def _value(self, name: str) -> NDArray[np.float32]:
        from onnx import numpy_helper

        return numpy_helper.to_array(self.constants[name]).astype(np.float32)

    def _constant(self, value: NDArray[np.float32]) -> str:
        from onnx import numpy_helper

        name = f"float_{len(self._graph.initializer)}"
        self._graph.initializer.append(numpy_helper.from_array(value.astype(np.float32), name))
        return name

    def _number(self, value: float) -> str:
        return self._constant(np.array(value, np.float32))
