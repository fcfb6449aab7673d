"""Convolutions during translation: constant operations per channel are folded into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.convert.tfjs import Array

NEGLIGIBLE = 1e-6
"""If all weights of a kernel are below this, its output is just its bias, because inputs are at most 6."""


@dataclass(frozen=True)
class Convolution:
    """A convolution that further operations may still be folded into.

    Attributes:
        source: ONNX value that it reads.
        kernel: [out, in per group, height, width].
        bias: [out].
        attributes: Attributes of the ONNX node.
    """

    source: str
    kernel: Array
    bias: Array
    attributes: Mapping[str, Any]

    def scaled(self, gain: Array) -> Convolution:
        """Return the convolution with each output channel multiplied."""
        gain = np.broadcast_to(gain.reshape(-1), self.bias.shape)
        return replace(self, kernel=self.kernel * gain[:, None, None, None], bias=self.bias * gain)

    def shifted(self, offset: Array) -> Convolution:
        """Return the convolution with a number added to each output channel."""
        return replace(self, bias=self.bias + offset.reshape(-1))

    def is_dead(self) -> Array:
        """Return which output channels have kernels that training has driven to zero, bool [channels]."""
        dead: Array = np.abs(self.kernel).max(axis=(1, 2, 3)) < NEGLIGIBLE
        return dead

    def select(self, channels: Array) -> Convolution:
        """Return the convolution with only some of its output channels."""
        return replace(self, kernel=self.kernel[channels], bias=self.bias[channels])

    def without_inputs(self, dropped: Dropped) -> Convolution:
        """Return a 1x1 convolution without some input channels; their contribution becomes part of the bias."""
        share = self.kernel[:, dropped.channels, 0, 0] @ dropped.values
        return replace(self, kernel=np.delete(self.kernel, dropped.channels, axis=1), bias=self.bias + share)


@dataclass(frozen=True)
class Dropped:
    """Channels that were removed from a value because each is constant.

    Attributes:
        channels: Their indices.
        values: Their constant values.
    """

    channels: Array
    values: Array
