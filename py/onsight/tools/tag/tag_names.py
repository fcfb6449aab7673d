"""The names that a person's own tags can have: any, but those that Onsight knows bring their group and parents."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

from onsight.errors import InvalidOptionError
from onsight.evidence.vocabulary import GROUPS
from onsight.networks.models import Models
from onsight.tools.tag.objects import ObjectNamer
from onsight.tools.tag.results import Tag, TagName
from onsight.tools.tag.task import Tagger

MAX_LENGTH = 100
"""Characters of a tag's name; what is longer is a sentence."""


class TagNamer:
    """Makes tags of what a person wrote.

    Attributes:
        names: All names that are known: the vocabulary's, then those of specific objects.
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
        """Make it from the descriptions of its networks; errors as for `Models.make`."""
        return cls(models.make(Tagger).namer)

    def tag(self, text: str) -> Tag:
        """Return a person's own tag.

        Args:
            text: What the person wrote. Where Onsight knows the name, its spelling is taken.

        Raises:
            InvalidOptionError: It is empty, too long, or has a comma or a control character in it.
        """
        name = clean(text)
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
        )


def clean(text: str) -> str:
    """Return a name as it is written: composed, and with single spaces inside alone; errors as for `TagNamer.tag`."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise InvalidOptionError("A tag needs a name.")
    if len(name) > MAX_LENGTH:
        raise InvalidOptionError(f"A tag's name has at most {MAX_LENGTH} characters, this one has {len(name)}.")
    if "," in name:
        raise InvalidOptionError("A tag's name has no comma: it stands between tags.")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in name):
        raise InvalidOptionError("A tag's name has no control characters.")
    return name
