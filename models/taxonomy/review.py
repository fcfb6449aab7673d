"""Print the taxonomy next to WordNet, to review it after a change.

Prints one line per class: output index, synset id, WordNet's words, its hypernyms, our path, category, threshold. Then
it lists the classes with a different branch in WordNet than in our table; these are either deliberate or mistakes.

    python models/taxonomy/review.py --lemmas imagenet_synset_to_lemma.txt --nouns data.noun

README.md says where to find the two files.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from onsight.evidence.taxonomy import Taxonomy

LABELS = Path(__file__).resolve().parents[1] / "efficientnet-lite2" / "labels.txt"

BRANCHES = {
    "animal": {"Animal"},
    "person": {"Person", "Sport"},
    "plant": {"Plant"},
    "fungus": {"Mushroom"},
    "food": {"Food & drink", "Mushroom"},
    "geological_formation": {"Landscape"},
    "vehicle": {"Vehicle", "Sport"},
    "musical_instrument": {"Musical instrument"},
    "clothing": {"Clothing", "Sport"},
    "footwear": {"Clothing"},
    "furniture": {"Furniture"},
    "weapon": {"Weapon"},
    "electronic_equipment": {"Electronics", "Street scene"},
    "home_appliance": {"Household appliance"},
    "building": {"Building", "Room", "Structure"},
}
"""WordNet's words, and the roots in our table where classes below them are expected."""


@dataclass(frozen=True, slots=True)
class Synset:
    """A noun of WordNet.

    Attributes:
        words: Its synonyms.
        hypernyms: Ids of its broader synsets.
    """

    words: tuple[str, ...]
    hypernyms: tuple[str, ...]


def read_nouns(path: Path) -> dict[str, Synset]:
    """Read WordNet's ``data.noun`` (format: wndb(5WN)) into synsets by id.

    A line is ``offset lex_file ss_type w_cnt word lex_id … p_cnt symbol offset pos source/target … | gloss``; the
    number of words is hexadecimal, ``@`` marks a hypernym and ``@i`` the class of an instance.
    """
    nouns = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):  # the licence
            continue
        fields = line.split(" | ")[0].split()
        pointers = 4 + 2 * int(fields[3], 16)
        words = tuple(fields[4:pointers:2])
        symbols, targets = fields[pointers + 1 :: 4], fields[pointers + 2 :: 4]
        hypernyms = tuple(
            f"n{target}" for symbol, target in zip(symbols, targets, strict=False) if symbol in ("@", "@i")
        )
        nouns[f"n{fields[0]}"] = Synset(words, hypernyms)
    return nouns


def hypernyms_of(id: str, nouns: Mapping[str, Synset]) -> Iterator[Synset]:
    """Yield the broader synsets along the first hypernyms, nearest first."""
    while nouns[id].hypernyms:
        id = nouns[id].hypernyms[0]
        yield nouns[id]


def main() -> None:
    """Print the table and its deviations from WordNet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lemmas", type=Path, required=True, help="synset id, tab, its words; one per line")
    parser.add_argument("--nouns", type=Path, required=True, help="WordNet 3.0's data.noun")
    arguments = parser.parse_args()

    taxonomy = Taxonomy.load()
    nouns = read_nouns(arguments.nouns)
    lemmas = dict(line.split("\t") for line in arguments.lemmas.read_text(encoding="utf-8").splitlines())
    odd = []
    for index, id in enumerate(LABELS.read_text(encoding="utf-8").split()):
        chain = list(hypernyms_of(id, nouns))
        path = taxonomy.path(id)
        category, threshold = taxonomy.category_of(id).label, taxonomy[id].threshold or ""
        broader = " < ".join(synset.words[0] for synset in chain[:4])
        print(index, id, lemmas[id], f"< {broader}", " › ".join(path), category, threshold, sep="\t")
        branch = next((word for synset in chain for word in synset.words if word in BRANCHES), None)
        if branch and path[0] not in BRANCHES[branch]:
            odd.append(f"{id}\t{lemmas[id]}\tWordNet: {branch}\there: {' › '.join(path)}")
    print("\nIn another branch than in WordNet:", *odd, sep="\n")


if __name__ == "__main__":
    main()
