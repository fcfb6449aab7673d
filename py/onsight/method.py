"""The declaration of a method: what the page can ask of a tool."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from onsight.core.flow import Flow
from onsight.networks.models import Models

T = TypeVar("T")


def at_once(result: T) -> Flow[T]:
    """Return a flow that has its result without running a network."""
    return result
    yield


def _as_run(_models: Models, outputs: Any, _options: Any) -> Any:
    return outputs


def _nothing_to_check(_models: Models, _options: Any) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Method:
    """One thing that the page can ask for.

    A method has two parts: the run, which takes time, and the decision, which does not. The outputs of the run can be
    cached, so that a request with another threshold for the same picture needs no network.

    Attributes:
        run: Makes the task's flow from the models, the file's bytes and the options.
        options: Dataclass of the options, the request's params besides ``image`` and ``picture``.
        result: Dataclass of the result.
        doc: What it does, in one sentence.
        only: The field of the result that JavaScript returns alone; empty for the whole result.
        decide: Turns what the flow returns into the result, at once.
        check: Raises InvalidOptionError for options that the tool refuses, before the file is read.
        cache_key: What of the options the run depends on.
        cache_size: The number of pictures whose outputs are cached; 0 if they are computed each time.
        takes_image: Whether it works on a picture at all.
        reads_parts: Whether it is given the file as something to read parts from, rather than its bytes.
    """

    run: Callable[[Models, Any, Any], Flow[Any]]
    options: type[Any]
    result: type[Any]
    doc: str
    only: str = ""
    decide: Callable[[Models, Any, Any], Any] = _as_run
    check: Callable[[Models, Any], None] = _nothing_to_check
    cache_key: Callable[[Any], Hashable] = lambda _options: None
    cache_size: int = 0
    takes_image: bool = True
    reads_parts: bool = False
