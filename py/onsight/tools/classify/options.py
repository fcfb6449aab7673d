"""The options of Classify."""

from __future__ import annotations

from onsight.core.options import option, options


@options
class ClassifyOptions:
    """How to classify a picture."""

    top_k: int = option(
        default=5, low=1, high=1000, doc="How many candidates to return at most; those below 0.5% are left out."
    )
    threshold: float | None = option(
        default=None,
        low=0,
        above=True,
        high=1,
        none="each label's own threshold",
        doc="Probability that the label must reach.",
    )
