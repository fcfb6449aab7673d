"""How a task talks to the world: it asks for networks to be run and knows nothing else of it.

A task is a generator ("sans I/O", after httpx's auth flow). It yields a `Stage` when its work enters a new stage and a
`Run` when it wants a network's outputs; it returns its result. `drive` serves it in CPython, `drive_async` in the
browser, a test drives it by hand: every line that decides something is shared.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

Tensors = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Stage:
    """The work enters a stage.

    Attributes:
        name: Such as ``"decode"``, ``"preprocess"``, ``"infer"`` or ``"postprocess"``.
        fraction: Part in [0, 1] of the stage that is done, of one that says so repeatedly; None for others.
    """

    name: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A network's outputs are wanted.

    Attributes:
        model: Id of the model.
        feeds: C-contiguous float32 arrays by input name.
        fetches: Names of the outputs that are wanted.
    """

    model: str
    feeds: Tensors
    fetches: tuple[str, ...]


Flow = Generator[Stage | Run, Tensors | None, T]


@dataclass(slots=True)
class Stopwatch:
    """Adds up how long each stage takes.

    Attributes:
        timings_ms: Milliseconds by name of the stage, in order of first entry.
    """

    timings_ms: dict[str, float] = field(default_factory=dict)
    _stage: str | None = None
    _entered: float = 0.0

    def enter(self, stage: str | None) -> None:
        """Leave the current stage and enter ``stage``; None stops the watch."""
        now = time.perf_counter()
        if self._stage is not None:
            spent = (now - self._entered) * 1000
            self.timings_ms[self._stage] = self.timings_ms.get(self._stage, 0.0) + spent
        self._stage, self._entered = stage, now


def drive(flow: Flow[T], run: Callable[[Run], Tensors], on_stage: Callable[[Stage], None] | None = None) -> T:
    """Carry a task through to its result.

    Args:
        flow: The task.
        run: Runs a network and returns its outputs by name.
        on_stage: Told each stage that the task enters, and how far one is.

    Returns:
        What the task returns.
    """
    reply: Tensors | None = None
    try:
        while True:
            step = flow.send(reply)
            reply = None
            if isinstance(step, Run):
                reply = run(step)
            elif on_stage:
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
) -> T:
    """Carry a task through to its result where networks run asynchronously; otherwise as `drive`."""
    reply: Tensors | None = None
    try:
        while True:
            step = flow.send(reply)
            reply = None
            if isinstance(step, Run):
                reply = await run(step)
            else:
                await on_stage(step)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()
