"""Tasks without I/O: a task asks for networks to be run, and does not know how.

A task is a generator ("sans I/O", like httpx's auth flow). It yields a `Stage` when it enters a new stage and a `Run`
when it needs a network's outputs, and returns its result. If it can answer provisionally, it yields an `Early`. `drive`
runs it in CPython, `drive_async` in the browser, and
a test can drive it by hand, so all of them share the logic.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from onsight.core.texts import text
from onsight.errors import ModelFailedError

T = TypeVar("T")

Tensors = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A task enters a stage.

    Attributes:
        name: Such as ``"decode"``, ``"preprocess"``, ``"infer"`` or ``"postprocess"``.
        fraction: Progress within the stage, in [0, 1]; None for stages that do not report it.
    """

    name: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A task needs a network's outputs.

    Attributes:
        model: Id of the model.
        feeds: C-contiguous float32 arrays by input name.
        fetches: Names of the requested outputs.
    """

    model: str
    feeds: Tensors
    fetches: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Early:
    """A task has outputs that a first answer can be decided from; it goes on to better ones.

    Attributes:
        outputs: Of the kind that the task returns at the end.
    """

    outputs: Any


Flow = Generator[Stage | Run | Early, Tensors | None, T]


def outputs_of(run: Run) -> Flow[Tensors]:
    """Ask for a network to be run, and return its outputs by name.

    Raises:
        ModelFailedError: The driver sent no outputs.
    """
    outputs = yield run
    if outputs is None:
        raise ModelFailedError(text("The network returned no outputs. Try again."))
    return outputs


@dataclass(slots=True)
class Stopwatch:
    """Measures the time of each stage.

    Attributes:
        timings_ms: Milliseconds by name of the stage, in order of first entry.
    """

    timings_ms: dict[str, float] = field(default_factory=dict)
    _stage: str | None = None
    _entered: float = 0.0

    def enter(self, stage: str | None) -> None:
        """Leave the current stage and enter ``stage``; None stops the clock."""
        now = time.perf_counter()
        if self._stage is not None:
            spent = (now - self._entered) * 1000
            self.timings_ms[self._stage] = self.timings_ms.get(self._stage, 0.0) + spent
        self._stage, self._entered = stage, now


def drive(flow: Flow[T], run: Callable[[Run], Tensors], on_stage: Callable[[Stage], None] | None = None) -> T:
    """Run a task and return its result.

    Args:
        flow: The task.
        run: Runs a network and returns its outputs by name.
        on_stage: Called with each stage that the task enters, and with its progress.

    Returns:
        The task's result.
    """
    reply: Tensors | None = None
    try:
        while True:
            step = flow.send(reply)
            reply = None
            if isinstance(step, Run):
                reply = run(step)
            elif on_stage and isinstance(step, Stage):
                on_stage(step)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


async def drive_async(
    flow: Flow[T],
    run: Callable[[Run], Awaitable[Tensors]],
    on_stage: Callable[[Stage], Awaitable[None]],
    on_early: Callable[[Any], None] | None = None,
) -> T:
    """Run a task with asynchronous networks; otherwise like `drive`.

    Args:
        flow: The task.
        run: Runs a network and returns its outputs by name.
        on_stage: Called with each stage that the task enters, and with its progress.
        on_early: Called with the outputs for a first answer.
    """
    reply: Tensors | None = None
    try:
        while True:
            step = flow.send(reply)
            reply = None
            if isinstance(step, Run):
                reply = await run(step)
            elif isinstance(step, Stage):
                await on_stage(step)
            elif on_early:
                on_early(step.outputs)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()
