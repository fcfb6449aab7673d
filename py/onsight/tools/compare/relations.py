"""How a picture's tags are related to its label: the same thing, broader, more specific, or something else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onsight.evidence.rollup import Rollup
from onsight.evidence.subject import Subjects
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.tag.results import Tag

FOOD = "food"
"""Id of the group of food, and of the tag that everything in it has."""

_MAIN_GROUPS = frozenset({"people", "animals", "vehicles", FOOD})
"""Groups of things that can be the subject of a picture."""

_MAIN_PRIORITY = 1.2
_MAIN_SCORE = 0.6


@dataclass(frozen=True, slots=True)
class Relations:
    """The tags that are shown, by their relation to the label; each tuple is in the order of the tags.

    Attributes:
        same: The tag that means the same as the label, shown or not; None if there is none.
        broader: Tags that the label implies.
        finer: Tags that imply the label.
        beside: Tags that are neither.
        unnamed: Tags of any relation that no label corresponds to.
        subjects: Tags of ``beside`` that could have been the picture's subject.
    """

    same: Tag | None
    broader: tuple[Tag, ...]
    finer: tuple[Tag, ...]
    beside: tuple[Tag, ...]
    unnamed: tuple[Tag, ...]
    subjects: tuple[Tag, ...]


class Relatives:
    """Relates labels to tags by the taxonomy of labels and the vocabulary of tags."""

    def __init__(self, rollup: Rollup, vocabulary: Vocabulary, subjects: Subjects) -> None:
        """Bind the tables.

        Args:
            rollup: The labels and their taxonomy.
            vocabulary: The tags.
            subjects: The tags that are labels, too.
        """
        self._taxonomy = rollup.taxonomy
        self._vocabulary = vocabulary
        concepts = [concept for concept in rollup.concepts if concept.label]
        self._by_label = {concept.label.casefold(): concept.id for concept in concepts}
        self._tag_by_label = {tag.label.casefold(): tag.id for tag in vocabulary}
        can_be_said = {concept.id for concept in concepts}
        self._tags_said = {tag.id for tag in vocabulary if can_be_said.intersection(tag.concepts)}
        self._tags_said |= can_be_said | {subject.tag for subject in subjects.rows}
        self.labels = frozenset(concept.label for concept in concepts) | {row.label for row in subjects.rows}

    def relate(self, label: str | None, tags: Sequence[Tag]) -> Relations:
        """Sort the tags by their relation to a label.

        Args:
            label: The label, or None if there is none.
            tags: All tags, including those that are not shown.
        """
        own = self._ids(label) if label else frozenset()
        implied = self._implied(own)
        shown = [tag for tag in tags if tag.applies]
        same = max((tag for tag in tags if tag.id in own), key=lambda tag: (tag.applies, tag.score), default=None)
        others = [tag for tag in shown if tag.id not in own]
        broader = [tag for tag in others if tag.id in implied]
        finer = [tag for tag in others if tag not in broader and own & self._implied(self._ids_of_tag(tag))]
        beside = tuple(tag for tag in others if tag not in broader and tag not in finer)
        return Relations(
            same,
            tuple(broader),
            tuple(finer),
            beside,
            tuple(tag for tag in shown if tag.id not in self._tags_said),
            self._subjects(beside, own | implied),
        )

    def is_kind(self, label: str, of: str) -> bool:
        """Return whether ``label`` is the same as ``of`` or a kind of it."""
        ids, wanted = self._ids(label), self._ids(of)
        return bool((ids | self._implied(ids)) & wanted)

    def _subjects(self, beside: Iterable[Tag], of_label: frozenset[str]) -> tuple[Tag, ...]:
        """Return the tags that could have been the picture's subject, each thing under one name."""
        found: list[Tag] = []
        for tag in beside:
            entry = self._vocabulary.tags.get(tag.id)
            if entry is None or tag.score < _MAIN_SCORE or entry.priority < _MAIN_PRIORITY:
                continue
            # The ingredients of a meal are not further subjects.
            if entry.group not in _MAIN_GROUPS or (entry.group == FOOD and FOOD in of_label):
                continue
            ids = frozenset({tag.id})
            if not any(
                other.id in self._implied(ids) or tag.id in self._implied(frozenset({other.id})) for other in found
            ):
                found.append(tag)
        return tuple(found)

    def _ids(self, label: str) -> frozenset[str]:
        """Return a label's ids in the taxonomy and in the vocabulary."""
        named = [table.get(label.casefold()) for table in (self._by_label, self._tag_by_label)]
        ids = [id for id in named if id]
        return frozenset([*ids, *(tag for id in ids if (tag := self._vocabulary.of_concept(id)))])

    def _ids_of_tag(self, tag: Tag) -> frozenset[str]:
        return frozenset({tag.id}) if tag.id in self._vocabulary.tags else self._ids(tag.name)

    def _implied(self, ids: frozenset[str]) -> frozenset[str]:
        """Return the ids of everything that is true wherever these ids are true, without these ids."""
        taxonomy, vocabulary = self._taxonomy, self._vocabulary
        concepts = {id for id in ids if id in taxonomy.concepts}
        for id in ids & set(vocabulary.tags):
            concepts.update(concept for concept in vocabulary[id].concepts[:1] if concept in taxonomy.concepts)
        # A coat counts towards a person but is not one: only ancestors with the same root say what a thing is.
        above = {
            ancestor
            for id in concepts
            for ancestor in taxonomy.ancestors(id)
            if taxonomy.lineage(ancestor)[0] is taxonomy.lineage(id)[0]
        }
        tags = [tag for id in above | concepts if (tag := vocabulary.of_concept(id))]
        tags += [id for id in ids if id in vocabulary.tags]
        return frozenset(above.union(tags, *(vocabulary.ancestors(tag) for tag in tags))) - ids
