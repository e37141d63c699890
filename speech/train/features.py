"""The sound's features as Vosk computes them, and the label of every 30 ms.

Vosk reads conf/mfcc.conf and computes 40 cepstra of 40 mel bins every 10 ms at 8 kHz. What is here must give the
same numbers, or the network hears something else in training than in use. Never does: change sound.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from speech.train.clips import Segment
from speech.train.phones import SILENCE

RATE = 8000
SIZE = 40
LOW, HIGH = 20, 3700  # Hz: what a telephone line lets through, and a little
STRIDE = 3  # the network answers once in three frames, every 30 ms
_FRAME = 0.03
_OFFSET = 0.0125  # seconds: the middle of the first window of 25 ms
_SHORTEST_SILENCE = 0.03

Features = NDArray[np.float32]
Labels = NDArray[np.int64]

CONF = f"""--sample-frequency={RATE}
--use-energy=false
--num-mel-bins={SIZE}
--num-ceps={SIZE}
--low-freq={LOW}
--high-freq={HIGH}
--dither=0.0
--allow-upsample=true
--allow-downsample=true
"""


def mfcc(sound: NDArray[np.floating] | NDArray[np.int16]) -> Features:
    """(frames, 40) of 8 kHz sound in the range of 16 bit integers; no frame for less than 25 ms."""
    import kaldi_native_fbank as knf

    options = knf.MfccOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0.0  # the same sound gives the same words
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = SIZE
    options.mel_opts.low_freq, options.mel_opts.high_freq = LOW, HIGH
    options.num_ceps = SIZE
    options.use_energy = False
    computer = knf.OnlineMfcc(options)
    computer.accept_waveform(RATE, np.ascontiguousarray(sound, np.float32))
    computer.input_finished()
    frames = [computer.get_frame(at) for at in range(computer.num_frames_ready)]
    return np.stack(frames) if frames else np.zeros((0, SIZE), np.float32)


def answers(frames: int) -> int:
    """How many answers the network gives to so many frames."""
    return (frames + STRIDE - 1) // STRIDE


def labels(segments: Sequence[Segment], count: int, phones: dict[str, int]) -> Labels | None:
    """For every answer 2 * phone on the phone's first 30 ms, 2 * phone + 1 after; every phone has at least one answer.

    None where the phones are more than the answers.
    """
    kept = [one for one in segments if one.phone != SILENCE or one.end - one.start > _SHORTEST_SILENCE]
    starts = [max(0, int(np.ceil((one.start - _OFFSET) / _FRAME - 0.5))) for one in kept]
    starts[0] = 0
    for at in range(1, len(starts)):
        starts[at] = max(starts[at], starts[at - 1] + 1)
    limit = count
    for at in reversed(range(len(starts))):
        starts[at] = limit = min(starts[at], limit - 1)
    if starts[0] < 0:
        return None
    found = np.zeros(count, np.int64)
    for one, start, end in zip(kept, starts, [*starts[1:], count], strict=True):
        found[start] = 2 * phones[one.phone]
        found[start + 1 : end] = 2 * phones[one.phone] + 1
    return found
