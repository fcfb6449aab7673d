"""A convolution while a graph is translated: what is constant and per channel becomes part of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.convert.tfjs import Array

NEGLIGIBLE = 1e-6
"""A kernel whose weights are all below this gives what its bias is: inputs are numbers up to 6."""


@dataclass(frozen=True)
class Convolution:
    """A convolution that still waits for what may be folded into it.

    Attributes:
        source: ONNX value that it reads.
        kernel: [out, in per group, height, width].
        bias: [out].
        attributes: Of the ONNX node.
    """

    source: str
    kernel: Array
    bias: Array
    attributes: Mapping[str, Any]

    def scaled(self, gain: Array) -> Convolution:
        """Return it with each output channel multiplied."""
        gain = np.broadcast_to(gain.reshape(-1), self.bias.shape)
        return replace(self, kernel=self.kernel * gain[:, None, None, None], bias=self.bias * gain)

    def shifted(self, offset: Array) -> Convolution:
        """Return it with a number added to each output channel."""
        return replace(self, bias=self.bias + offset.reshape(-1))

    def is_dead(self) -> Array:
        """Return of which output channels training has driven the kernels to nothing, bool [channels]."""
        dead: Array = np.abs(self.kernel).max(axis=(1, 2, 3)) < NEGLIGIBLE
        return dead

    def select(self, channels: Array) -> Convolution:
        """Return it with some of its output channels alone."""
        return replace(self, kernel=self.kernel[channels], bias=self.bias[channels])

    def without_inputs(self, dropped: Dropped) -> Convolution:
        """Return a convolution of 1x1 that is not given some channels, whose share becomes part of the bias."""
        share = self.kernel[:, dropped.channels, 0, 0] @ dropped.values
        return replace(self, kernel=np.delete(self.kernel, dropped.channels, axis=1), bias=self.bias + share)


@dataclass(frozen=True)
class Dropped:
    """Channels that were left out of a value, because each is one number everywhere.

    Attributes:
        channels: Their indices.
        values: Their numbers.
    """

    channels: Array
    values: Array
