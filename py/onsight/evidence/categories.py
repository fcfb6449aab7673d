"""The broad categories for sorting pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Category:
    """A broad category for sorting pictures.

    Attributes:
        id: Short name used in the table, such as ``"plants"``.
        label: Displayed name, such as ``"Plants & flowers"``.
    """

    id: str
    label: str


CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        id: Category(id, label)
        for id, label in (
            ("people", "People"),
            ("pets", "Pets"),
            ("wildlife", "Wildlife"),
            ("birds", "Birds"),
            ("insects", "Insects"),
            ("plants", "Plants & flowers"),
            ("landscapes", "Landscapes"),
            ("water", "Water & beach"),
            ("city", "City & buildings"),
            ("interiors", "Interiors"),
            ("food", "Food & drink"),
            ("vehicles", "Vehicles"),
            ("sports", "Sports"),
            ("music", "Music & events"),
            ("clothing", "Clothing & fashion"),
            ("electronics", "Electronics"),
            ("tools", "Tools & objects"),
            ("documents", "Documents & screenshots"),
            ("art", "Art"),
            ("other", "Other"),
        )
    }
)
"""The categories by id, in the order in which the page lists them."""
