"""What can be chosen when a picture is classified."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.core.options import check_integer, check_number
from onsight.errors import InvalidOptionError


@dataclass(frozen=True, slots=True)
class ClassifyOptions:
    """How a picture is classified.

    Attributes:
        top_k: How many candidates to list at most, 1 to 1000; those below 0.5 % are left out.
        threshold: Probability in (0, 1] that a label must reach; None takes each label's own threshold.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    top_k: int = 5
    threshold: float | None = None

    def __post_init__(self) -> None:
        check_integer("top_k", self.top_k, 1, 1000)
        if self.threshold is not None:
            check_number("threshold", self.threshold, 0, 1)
            if self.threshold == 0:
                raise InvalidOptionError("threshold must be above 0 and at most 1, got 0.")
