"""The order in which a search lists its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onsight.core.texts import text

ORDERS: Mapping[str, str] = {
    "relevance": "taken IS NULL, taken DESC, folder, name",
    "date": "taken IS NULL, taken DESC, folder, name",
    "name": "folder, name",
    "added": "added DESC, id DESC",
    "label": "label, label_score DESC, id",
    "score": "label_score DESC, id",
    "size": "size DESC, id",
    "pixels": "width * height DESC, id",
}
"""The orders that the user can choose, as SQL on the table ``image``. Pictures of the same relevance, such as all of a
query without plain words, are sorted by date."""


def order_names() -> dict[str, str]:
    """Return the name of each order, for the user."""
    return {
        "relevance": text("Most relevant first"),
        "date": text("Newest first"),
        "name": text("By name"),
        "added": text("Recently added first"),
        "label": text("By label"),
        "score": text("Highest score first"),
        "size": text("Largest files first"),
        "pixels": text("Most pixels first"),
    }


def ranking_name() -> str:
    """Return the name of the order that a query such as ``similar:5`` has, for the user."""
    return text("Most similar first")


def ordered(images: Sequence[int], ranking: Sequence[int] | None, relevance: Mapping[int, float] | None) -> list[int]:
    """Return the found pictures in their final order.

    Args:
        images: Ids of the pictures that were found, in the order that the user chose.
        ranking: Ids in the order that the query asks for, as ``similar:5`` does; it replaces the chosen order. None
            keeps the chosen order.
        relevance: The relevance of each picture, if the user chose to sort by it.
    """
    if ranking is not None:
        found = set(images)
        return [image for image in ranking if image in found]
    if relevance is not None:
        # Differences below 1% say nothing.
        return sorted(images, key=lambda image: -round(relevance.get(image, 0.0), 2))
    return list(images)
