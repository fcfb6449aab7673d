"""The difference between one label and many tags, aspect by aspect, in this picture's own names and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from onsight.core.wording import counted, in_sentence, listed, percent, percentage, quoted
from onsight.tools.compare.facts import Facts
from onsight.tools.compare.results import Point
from onsight.tools.tag.results import Tag


def compare(facts: Facts) -> tuple[Point, ...]:
    """Return the aspects in the order in which a person would ask for them."""
    return tuple(Point(aspect, of_label(facts), of_tags(facts)) for aspect, of_label, of_tags in _ASPECTS)


def sum_of_shares(facts: Facts) -> str:
    """Return the sentence below the distribution: what its parts add up to, and why."""
    terms = [
        f"{quoted(part.label) if part.kind == 'candidate' else in_sentence(part.label)} {percentage(part.percent)}"
        for part in facts.slices
    ]
    whole = f"{_capital(' + '.join(terms))} = 100%."
    if facts.left_out is None:
        return f"{whole} They share one whole: one can only gain what the others lose."
    gone = listed([quoted(label) for label in facts.left_out.labels])
    had = "it had" if len(facts.left_out.labels) == 1 else "these had"
    still = "still" if facts.label == facts.left_out.before else "now"
    change = (
        f"the label is {still} {quoted(facts.label)}"
        if facts.classification.certain
        else "none of them is sure enough to be the label"
    )
    return (
        f"{whole} Without {gone}, the others share the {percent(facts.left_out.score)} that {had}: all have grown, "
        f"and {change}."
    )


def sum_of_tags(facts: Facts) -> str:
    """Return the sentence below the tags: what they add up to, and that it means nothing."""
    shown = facts.shown
    if not shown:
        floor = f"reaches {percent(facts.threshold)}" if facts.threshold is not None else "is sure enough"
        return f"No tag {floor}. Tagging may stay silent; classification always has 100% to hand out."
    total = percentage(round(sum(tag.score for tag in shown) * 100))
    if len(shown) == 1:
        return f"One tag with {total}. Whether another one comes or goes does not change it."
    if sum(tag.score for tag in shown) > 1:
        return f"These {len(shown)} add up to {total}, and may: each answers its own question."
    return f"These {len(shown)} add up to {total}, and need not make 100: each answers its own question."


_MOST = 3


def _count_of_label(facts: Facts) -> str:
    if not facts.classification.certain:
        return "One or none. Nothing here is sure enough to stand for the whole picture, so it is “Not sure”."
    return f"One: {quoted(facts.label)} stands for the whole picture. What else is there goes unsaid."


def _count_of_tags(facts: Facts) -> str:
    shown = facts.shown
    if not shown:
        return "As many as apply. With this threshold it is none."
    if len(shown) <= _MOST:
        return f"As many as apply. Here {_verb(shown)} {counted(len(shown), 'tag')}: {_names(shown)}."
    more = len(shown) - _MOST
    return f"As many as apply. Here {len(shown)}: {', '.join(map(_name, shown[:_MOST]))} and {more} more."


def _number_of_label(facts: Facts) -> str:
    named = [*facts.kinds, *(part for part in facts.candidates if part not in facts.kinds)][:2]
    if not named:
        return "A share of one whole. All labels together have 100%, and here none has a share worth naming."
    terms = [f"{quoted(part.label)} has {percentage(part.percent)}" for part in named]
    rest = percentage(100 - sum(part.percent for part in named))
    return f"A share of one whole: {listed([*terms, f'all the rest {rest}'])}. That makes 100%."


def _number_of_tags(facts: Facts) -> str:
    questions = [f"{_name(tag)}? {percent(tag.score)}." for tag in _apart(facts, 2)]
    if not questions:
        return "An answer to a question of its own, from no to yes. At this threshold no answer is yes."
    return f"An answer to a question of its own, from no to yes. {' '.join(questions)}"


def _grain_of_label(facts: Facts) -> str:
    answer = facts.classification
    if not answer.certain:
        if not answer.candidates:
            return "As broad as it has to be to be sure. Here not even the broadest name is."
        best = max(answer.candidates, key=lambda one: one.score)
        return (
            "As broad as it has to be to be sure. "
            f"The best guess, {quoted(best.label)}, has {percent(best.score)}: not enough, so it claims nothing."
        )
    if facts.kinds:
        kinds = [quoted(part.label) for part in facts.kinds[:_MOST]]
        weak = "is too weak alone" if len(kinds) == 1 else "are each too weak alone"
        return (
            f"As broad as it has to be to be sure. {listed(kinds)} {weak}; all kinds together have "
            f"{percent(answer.score)}, so the label is {quoted(facts.label)}."
        )
    if len(answer.path) > 1:
        path = " › ".join(answer.path)
        return f"One level, as fine as the evidence allows: {path}. Only the last of these is the label."
    return f"One level: {quoted(facts.label)}, which goes into the group {quoted(answer.category)}."


def _grain_of_tags(facts: Facts) -> str:
    same, broader, finer = facts.relations.same, facts.relations.broader, facts.relations.finer
    if same is not None and not same.shown:
        same = None
    if same and broader and finer:
        return (
            f"Every level at once: {_name(finer[0])} does not replace {_name(same)}, nor does that replace "
            f"{_name(broader[0])}. All of them are tags."
        )
    lower, upper = (finer[0] if finer else same), (same if finer and same else _narrowest(broader))
    if lower and upper and lower is not upper:
        return f"Every level at once: {_name(lower)} is a tag, and so is {_name(upper)}, which is true of it as well."
    groups = list(dict.fromkeys(tag.group for tag in facts.shown))
    if len(groups) > 1:
        return f"From the whole scene down to a detail. Here from {len(groups)} groups: {listed(groups[:5])}."
    return "From the whole scene down to a detail, each under its own name."


def _exclusion_of_label(facts: Facts) -> str:
    answer, rivals = facts.classification, facts.rivals
    if not answer.certain:
        if len(rivals) < 2:
            return "Exclusive. All answers take from one another, and none is left with enough."
        first, second = rivals[:2]
        return (
            f"Exclusive. {quoted(first.label)} ({percentage(first.percent)}) and {quoted(second.label)} "
            f"({percentage(second.percent)}) take from each other, and none is left with enough."
        )
    if len(facts.kinds) > 1:
        first, second = facts.kinds[:2]
        return f"Exclusive. {quoted(first.label)} and {quoted(second.label)} compete for one and the same 100%."
    if rivals:
        return (
            f"Exclusive. {quoted(facts.label)} is the label, so {quoted(rivals[0].label)} is not: "
            f"its {percentage(rivals[0].percent)} count for nothing."
        )
    return f"Exclusive. Were it anything else, it could not be {quoted(facts.label)}."


def _exclusion_of_tags(facts: Facts) -> str:
    pair = _apart(facts, 2)
    if len(pair) < 2:
        return "Inclusive. Any number of tags may hold at the same time, even none."
    return f"Inclusive. {_name(pair[0])} and {_name(pair[1])} hold at the same time, and neither lowers the other."


def _names_of_label(facts: Facts) -> str:
    known = "Only labels from its list: kinds of things, and some subjects and places."
    unnamed = _spread(facts.relations.unnamed)
    if not unnamed:
        return known
    return f"{known} {_names(unnamed)} {'is' if len(unnamed) == 1 else 'are'} not on it."


def _names_of_tags(facts: Facts) -> str:
    known = "Also what no label exists for: traits, light, colours, parts of a scene."
    unnamed = _spread(facts.relations.unnamed)
    if not unnamed:
        return f"{known} Here there is none of that."
    return f"{known} Here {_names(unnamed)}."


def _use_of_label(facts: Facts) -> str:
    answer = facts.classification
    if not answer.certain:
        return "For sorting: one folder for each picture. This one should be looked at by a person first."
    return f"For sorting: the picture goes into exactly one folder, {quoted(answer.category)}, never into two."


def _use_of_tags(facts: Facts) -> str:
    shown = _spread(facts.shown)
    if not shown:
        return "For finding: a picture without tags is not found by any of them."
    return f"For finding: a search for {_names(shown, 'or')} brings it up."


_ASPECTS: Sequence[tuple[str, Callable[[Facts], str], Callable[[Facts], str]]] = (
    ("How many answers", _count_of_label, _count_of_tags),
    ("What numbers say", _number_of_label, _number_of_tags),
    ("What excludes what", _exclusion_of_label, _exclusion_of_tags),
    ("Broad or fine", _grain_of_label, _grain_of_tags),
    ("What can be said", _names_of_label, _names_of_tags),
    ("What it is for", _use_of_label, _use_of_tags),
)


def _apart(facts: Facts, most: int) -> list[Tag]:
    """Return shown tags that have little to do with one another: the label's own, then one of each group."""
    same, beside = facts.relations.same, facts.relations.beside
    first = [same] if same is not None and same.shown else []
    by_group = {tag.group: tag for tag in reversed(beside)}
    others = sorted(by_group.values(), key=facts.shown.index)
    return [*first, *others, *(tag for tag in facts.shown if tag not in others and tag not in first)][:most]


def _spread(tags: Sequence[Tag]) -> list[Tag]:
    """Return up to three tags, of as many groups as can be."""
    by_group = list({tag.group: tag for tag in reversed(tags)}.values())
    chosen = sorted(by_group, key=tags.index)[:_MOST]
    return chosen + [tag for tag in tags if tag not in chosen][: _MOST - len(chosen)]


def _narrowest(tags: Sequence[Tag]) -> Tag | None:
    """Return the tag that implies the most others."""
    return max(tags, key=lambda tag: len(tag.parents), default=None)


def _verb(items: Sequence[object]) -> str:
    return "it is" if len(items) == 1 else "they are"


def _name(tag: Tag) -> str:
    return quoted(tag.name)


def _names(tags: Sequence[Tag], word: str = "and") -> str:
    return listed([_name(tag) for tag in tags], word)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
