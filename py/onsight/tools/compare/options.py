"""What can be chosen when the label and the tags of a picture are compared."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.core.options import check_flag, check_number, check_texts


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How the label and the tags of a picture are compared.

    Attributes:
        threshold: Score in [0, 1] from which on a tag is shown; None as for `TagOptions`.
        heat_maps: Whether to tell where in the picture each tag applies.
        without: Labels that may not be given: what would be the label if these did not exist.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    threshold: float | None = None
    heat_maps: bool = False
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.threshold is not None:
            check_number("threshold", self.threshold, 0, 1)
        check_flag("heat_maps", self.heat_maps)
        object.__setattr__(self, "without", check_texts("without", self.without))
