"""The options of Compare."""

from __future__ import annotations

from onsight.core.options import option, options


@options
class CompareOptions:
    """How to compare the label and the tags of a picture."""

    threshold: float | None = option(
        default=None,
        low=0,
        high=1,
        none="each tag's own threshold, with limits on how many tags are shown",
        doc="Probability that a tag must reach to be shown.",
    )
    heat_maps: bool = option(default=False, doc="Return where in the picture the evidence for each tag is.")
    without: tuple[str, ...] = option(
        default=(),
        item="label",
        doc="Labels to rule out: the answer is what the label would be if these did not exist.",
    )
