"""Metadata in a file about its picture, as plain values: dates, keywords, rating, title, description."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A picture's date from one source.

    Attributes:
        value: ISO 8601 without a time zone: ``"2020-07-14T12:34:56"``, or a part of it: ``"2020-07-14"``,
        ``"2020-07"``, ``"2020"``.
        source: One of `onsight.metadata.dates.SOURCES`.
    """

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Stated:
    """Metadata about a picture from a file or sidecar.

    Attributes:
        dates: All dates that could be read, in any order.
        keywords: Unique keywords that can be tags, in order.
        rating: Stars from 1 to 5, or -1 for "rejected"; None if there is no rating (0 also means none).
        title: A title, or None.
        description: A caption, or None.
    """

    dates: tuple[DateCandidate, ...] = ()
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    title: str | None = None
    description: str | None = None


NOTHING = Stated()
