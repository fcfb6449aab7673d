"""The descriptions of the networks, and the tasks that are made from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self, TypeVar


class MadeFromModels(Protocol):
    """A task that is made from the descriptions of its networks."""

    @classmethod
    def from_models(cls, models: Models, /) -> Self:
        """Create the task; raises InvalidSpecError if a description is wrong."""


T = TypeVar("T", bound=MadeFromModels)


class Models:
    """The descriptions of the networks by id. Each task is made once, when it is first needed."""

    def __init__(self, read: Callable[[str], tuple[str, str]]) -> None:
        """Prepare to read descriptions; nothing is read yet.

        Args:
            read: Returns the texts of a model's ``model.json`` and ``labels.txt`` (empty if it has none) by its id.
        """
        self._read = read
        self._made: dict[type[Any], Any] = {}

    @classmethod
    def from_texts(cls, texts: Mapping[str, tuple[str, str]]) -> Models:
        """Take the texts of ``model.json`` and ``labels.txt`` (or nothing) by the id of the model."""
        return cls(texts.__getitem__)

    def texts(self, model: str) -> tuple[str, str]:
        """Return the texts of a model's ``model.json`` and ``labels.txt``.

        Raises:
            ModelMissingError: The model is not on this machine.
        """
        return self._read(model)

    def make(self, kind: type[T]) -> T:
        """Return the task of a class, made at the first call.

        Raises:
            InvalidSpecError: The description of a network is wrong.
            ModelMissingError: A network is not on this machine.
        """
        if kind not in self._made:
            self._made[kind] = kind.from_models(self)
        made: T = self._made[kind]
        return made
