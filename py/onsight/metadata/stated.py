"""What a file says about its picture, as plain values: dates, keywords, a rating, a title, a description."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date that some source gives for a picture.

    Attributes:
        value: ISO 8601 without a zone: ``"2020-07-14T12:34:56"``, or less where less is known: ``"2020-07-14"``,
            ``"2020-07"``, ``"2020"``.
        source: One of `onsight.metadata.dates.SOURCES`.
    """

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file, or a sidecar, says about a picture.

    Attributes:
        dates: Every date that could be read, in any order.
        keywords: Keywords, each fit to be a person's tag, in their order, each once.
        rating: Stars from 1 to 5, -1 for "rejected"; None if there is none (0 means none, too).
        title: A title, or None.
        description: A caption, or None.
    """

    dates: tuple[DateCandidate, ...] = ()
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    title: str | None = None
    description: str | None = None


NOTHING = Stated()
