from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from onsight.core.flow import Early, Flow, Run, Stage, Stopwatch, Tensors, drive, drive_async, outputs_of
from onsight.errors import ModelFailedError


def double(value: float, log: list[str]) -> Flow[float]:
    try:
        yield Stage("prepare")
        outputs = yield from outputs_of(Run("model", {"x": np.full(1, value, np.float32)}, ("y",)))
        yield Stage("conclude")
        return float(outputs["y"][0])
    finally:
        log.append("closed")


def run(step: Run) -> Tensors:
    return dict.fromkeys(step.fetches, step.feeds["x"] * 2)


@contextmanager
def finished(coroutine: object) -> Iterator[object]:
    """Carry a coroutine that never really waits to its end: Pyodide cannot block on an event loop."""
    with pytest.raises(StopIteration) as stop:
        coroutine.send(None)  # type: ignore[attr-defined]
    yield stop.value.value


def test_a_run_without_outputs_is_an_error() -> None:
    log: list[str] = []
    flow = double(21, log)
    assert isinstance(next(flow), Stage)
    assert isinstance(flow.send(None), Run)
    with pytest.raises(ModelFailedError, match="no outputs"):
        flow.send(None)
    assert log == ["closed"]


def test_drive_returns_what_the_task_returns_and_names_its_stages() -> None:
    stages: list[str] = []
    assert drive(double(21, []), run, lambda stage: stages.append(stage.name)) == 42
    assert stages == ["prepare", "conclude"]


def test_a_first_answer_reaches_those_who_want_it() -> None:
    def flow() -> Flow[str]:
        yield Early("first")
        yield Stage("look again")
        return "final"

    found: list[str] = []

    async def run_later(step: Run) -> Tensors:
        return run(step)

    async def on_stage(stage: Stage) -> None:
        found.append(stage.name)

    assert drive(flow(), run) == "final"
    with finished(drive_async(flow(), run_later, on_stage, found.append)) as result:
        assert result == "final"
    assert found == ["first", "look again"]
    with finished(drive_async(flow(), run_later, on_stage)) as result:
        assert result == "final"


def test_drive_async_gives_the_same() -> None:
    stages: list[str] = []

    async def run_later(step: Run) -> Tensors:
        return run(step)

    async def on_stage(stage: Stage) -> None:
        stages.append(stage.name)

    with finished(drive_async(double(21, []), run_later, on_stage)) as result:
        assert result == 42
    assert stages == ["prepare", "conclude"]


def test_drive_closes_the_task_when_the_network_fails() -> None:
    log: list[str] = []

    def fail(step: Run) -> Tensors:
        raise RuntimeError(step.model)

    with pytest.raises(RuntimeError, match="model"):
        drive(double(1, log), fail)
    assert log == ["closed"]


def test_stopwatch_adds_up_stages_in_order_of_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 1.0, 3.0, 7.0])
    monkeypatch.setattr("onsight.core.flow.time.perf_counter", lambda: next(times))
    watch = Stopwatch()
    for stage in ("decode", "infer", "decode", None):
        watch.enter(stage)
    assert watch.timings_ms == {"decode": 5000.0, "infer": 2000.0}
    assert list(watch.timings_ms) == ["decode", "infer"]
