"""The network in PyTorch, for training: each convolution is a sum of several, merged when it is run.

The merged network has ESPCN's architecture: plain 3×3 convolutions at the small size, then a pixel shuffle. A sum of
linear branches trains better than one convolution of the same size, and can be merged into one afterwards (ECBSR).
Because no layer uses padding, the branches can be merged before each step, so training is as fast as for the plain
network.

Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
Neural Network", 2016; Zhang et al., "Edge-oriented Convolution Block for Real-time Super Resolution on Mobile
Devices", 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.convert.upscalers import SLOPE
from models.upscale.pictures import CONTEXT

CHANNELS = 24
HIDDEN = CONTEXT - 1
"""Layers before the last; each layer extends the receptive field by one pixel."""


class MergedConvolution(nn.Module):
    """A 3×3 convolution without padding: the sum of a 3×3, a wide pair of 1×1 and 3×3, and the identity."""

    def __init__(self, inputs: int, outputs: int, gain: float) -> None:
        """Initialise the weights at random; ``gain`` scales them relative to He's initialisation."""
        super().__init__()
        wide = 2 * max(inputs, outputs)
        std = gain * (2 / (9 * inputs)) ** 0.5
        self.kernel = nn.Parameter(std * torch.randn(outputs, inputs, 3, 3))
        self.expand = nn.Parameter(torch.randn(outputs, wide) / wide**0.5)
        self.wide = nn.Parameter(0.5 * std * torch.randn(wide, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        identity = torch.zeros(outputs, inputs, 3, 3)
        if inputs == outputs:
            identity[range(inputs), range(inputs), 1, 1] = 1
        self.register_buffer("identity", identity)

    def merged(self) -> Tensor:
        """Return the merged kernel."""
        identity: Any = self.identity
        return self.kernel + torch.einsum("om,mihw->oihw", self.expand, self.wide) + identity

    def forward(self, x: Tensor) -> Tensor:
        """Convolve."""
        return functional.conv2d(x, self.merged(), self.bias)


class Upscaler(nn.Module):
    """Takes luminance at the small size, and returns what Lanczos misses at the large size."""

    def __init__(self, scale: int) -> None:
        """Create an untrained network that enlarges by ``scale``."""
        super().__init__()
        self.scale = scale
        widths = [1, *[CHANNELS] * HIDDEN, scale**2]
        gains = [1.0, *[0.3] * (HIDDEN - 1), 0.1]
        self.layers = nn.ModuleList(
            MergedConvolution(inputs, outputs, gain)
            for inputs, outputs, gain in zip(widths, widths[1:], gains, strict=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Run the network: float32 [n, 1, h, w] to [n, 1, scale · (h - 2 · layers), scale · (w - 2 · layers)]."""
        for layer in self.layers[:-1]:
            x = functional.leaky_relu(layer(x), SLOPE)
        return functional.pixel_shuffle(self.layers[-1](x), self.scale)

    def start_from(self, state: Mapping[str, Tensor]) -> None:
        """Copy the layers of a trained network; if it has another scale, all but the last."""
        own = self.state_dict()
        self.load_state_dict({**own, **{k: v for k, v in state.items() if v.shape == own[k].shape}})

    def weights(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the merged kernels and biases, float32: ``kernel_0``, ``bias_0`` and so on."""
        arrays = {}
        for index, layer in enumerate(self.layers):
            arrays[f"kernel_{index}"] = layer.merged().detach().numpy()
            arrays[f"bias_{index}"] = layer.bias.detach().numpy()
        return arrays
