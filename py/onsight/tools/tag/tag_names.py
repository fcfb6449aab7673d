"""Names for the user's own tags. Any name is allowed; a name that Onsight knows brings its group and parents."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.evidence.vocabulary import GROUPS
from onsight.networks.models import Models
from onsight.tools.tag.objects import ObjectNamer
from onsight.tools.tag.results import Tag, TagName
from onsight.tools.tag.task import Tagger

MAX_LENGTH = 100
"""Longest name of a tag, in characters."""


class TagNamer:
    """Makes tags from the names that the user typed.

    Attributes:
        names: All known names: the vocabulary's, then those of specific objects.
    """

    def __init__(self, namer: ObjectNamer) -> None:
        vocabulary = namer.vocabulary
        names = [
            TagName(
                tag.id,
                tag.label,
                GROUPS[tag.group],
                tuple(vocabulary[id].label for id in vocabulary.ancestors(tag.id)),
                tag.aliases,
            )
            for tag in vocabulary
        ]
        names += [
            TagName(
                concept.id,
                concept.label,
                GROUPS[namer.group(concept)],
                tuple(vocabulary[id].label for id in namer.parents(concept)),
                concept.aliases,
            )
            for concept, is_named in zip(namer.rollup.concepts, namer.named, strict=True)
            if is_named
        ]
        self.names = tuple(names)
        self._by_name = MappingProxyType({name.name.casefold(): name for name in reversed(names)})

    @classmethod
    def from_models(cls, models: Models) -> TagNamer:
        """Create the names from the descriptions of its networks; errors as for `Models.make`."""
        return cls(models.make(Tagger).namer)

    def tag(self, typed: str) -> Tag:
        """Return a tag of the user's own.

        Args:
            typed: The name that the user typed. If Onsight knows the name, its spelling is used.

        Raises:
            InvalidOptionError: It is empty or too long, or contains a comma or a control character.
        """
        name = clean(typed)
        known = self._by_name.get(name.casefold())
        return Tag(
            id=known.id if known else f"user:{name.casefold()}",
            name=known.name if known else name,
            group=known.group if known else GROUPS["own"],
            score=1.0,
            threshold=0.0,
            shown=True,
            parents=known.parents if known else (),
            source="user",
            boxes=(),
            heat_map=None,
            level="main",
        )


def clean(typed: str) -> str:
    """Return a name in Unicode's NFC form, with single spaces between words; errors as for `TagNamer.tag`."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not name:
        raise InvalidOptionError(text("A tag needs a name. Type one."))
    if len(name) > MAX_LENGTH:
        raise InvalidOptionError(
            text(
                "A tag's name can have at most {limit} characters, but this one has {length}. Shorten it.",
                limit=MAX_LENGTH,
                length=len(name),
            )
        )
    if "," in name:
        raise InvalidOptionError(
            text("A tag's name cannot contain a comma, because commas separate tags. Add the tags one by one.")
        )
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in name):
        raise InvalidOptionError(text("A tag's name cannot contain control characters. Remove them."))
    return name
