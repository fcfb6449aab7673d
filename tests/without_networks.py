"""What stands in for the networks where a test needs none of them."""

from __future__ import annotations

from onsight.core.flow import Run, Tensors
from onsight.tools.enhance.upscale import Upscaler


def no_network(step: Run) -> Tensors:
    """Fail the test: a network was asked for."""
    raise AssertionError("No network is needed here.")


def no_upscaler() -> Upscaler:
    """Fail the test: the enlarging networks were asked for."""
    raise AssertionError("Nothing is to be enlarged here.")
