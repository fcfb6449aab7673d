"""The differences between one label and many tags, aspect by aspect, with the names and numbers of this picture."""

from __future__ import annotations

from collections.abc import Sequence

from onsight.core.texts import plural, text
from onsight.core.wording import in_sentence, listed, percent, percentage, quoted
from onsight.tools.compare.facts import Facts
from onsight.tools.compare.results import Point, Slice
from onsight.tools.tag.results import Tag

_MOST = 3
"""Number of names that a sentence lists at most."""

_MOST_GROUPS = 5
"""Number of groups of tags that a sentence lists at most."""


def compare(facts: Facts) -> tuple[Point, ...]:
    """Return the aspects, in the order in which a reader would ask about them."""
    return (
        Point(text("How many answers"), _count_of_label(facts), _count_of_tags(facts)),
        Point(text("What the numbers mean"), _number_of_label(facts), _number_of_tags(facts)),
        Point(text("What rules out what"), _exclusion_of_label(facts), _exclusion_of_tags(facts)),
        Point(text("How specific"), _level_of_label(facts), _level_of_tags(facts)),
        Point(text("Which names exist"), _names_of_label(facts), _names_of_tags(facts)),
        Point(text("What it is for"), _use_of_label(facts), _use_of_tags(facts)),
    )


def sum_of_shares(facts: Facts) -> str:
    """Return the sentence below the distribution: what its parts add up to, and why."""
    terms = " + ".join(_term(part, facts) for part in facts.slices)
    terms = terms[:1].upper() + terms[1:]
    if facts.ruled_out is None:
        return text("{terms} = 100%. They share one whole: one can only gain what the others lose.", terms=terms)
    without = plural(
        len(facts.ruled_out.labels),
        "{terms} = 100%. Without {labels}, the others share the {score} that it had.",
        "{terms} = 100%. Without {labels}, the others share the {score} that these had.",
        terms=terms,
        labels=listed([quoted(label) for label in facts.ruled_out.labels]),
        score=percent(facts.ruled_out.score),
    )
    if not facts.classification.certain:
        change = text("All have grown, but none is certain enough to be the label.")
    elif facts.label == facts.ruled_out.before:
        change = text("All have grown, and the label is still “{label}”.", label=facts.label)
    else:
        change = text("All have grown, and the label is now “{label}”.", label=facts.label)
    return f"{without} {change}"


def _term(part: Slice, facts: Facts) -> str:
    share = percentage(part.percent)
    if part.kind == "candidate":
        return text("“{label}” {share}", label=part.label, share=share)
    if part.kind == "kinds":
        return text("other kinds of {label} {share}", label=in_sentence(facts.label), share=share)
    return text("everything else {share}", share=share)


def sum_of_tags(facts: Facts) -> str:
    """Return the sentence below the tags: what they add up to, and that the sum has no meaning."""
    shown = facts.shown
    if not shown and facts.threshold is None:
        return text("No tag is certain enough. Tagging may stay silent; classification always has 100% to share out.")
    if not shown:
        return text(
            "No tag reaches {threshold}. Tagging may stay silent; classification always has 100% to share out.",
            threshold=percent(facts.threshold or 0.0),
        )
    total = sum(tag.score for tag in shown)
    sum_text = percentage(round(total * 100))
    if len(shown) == 1:
        return text("One tag, with {total}. It stays the same whether or not other tags apply.", total=sum_text)
    if total > 1:
        return text(
            "These {count} add up to {total}, which is fine: each answers its own question.",
            count=len(shown),
            total=sum_text,
        )
    return text(
        "These {count} add up to {total}. They need not make 100%: each answers its own question.",
        count=len(shown),
        total=sum_text,
    )


def _count_of_label(facts: Facts) -> str:
    if not facts.classification.certain:
        return text(
            "One or none. Nothing here is certain enough to stand for the whole picture, so the answer is “{label}”.",
            label=facts.label,
        )
    return text("One: “{label}” stands for the whole picture. Whatever else it shows goes unsaid.", label=facts.label)


def _count_of_tags(facts: Facts) -> str:
    shown = facts.shown
    if not shown:
        return text("As many as apply. At this threshold, none does.")
    if len(shown) <= _MOST:
        return plural(
            len(shown),
            "As many as apply. Here there is {count} tag: {tags}.",
            "As many as apply. Here there are {count} tags: {tags}.",
            tags=_names(shown),
        )
    return text(
        "As many as apply. Here there are {count} tags: {tags} and {more} more.",
        count=len(shown),
        tags=", ".join(quoted(tag.name) for tag in shown[:_MOST]),
        more=len(shown) - _MOST,
    )


def _number_of_label(facts: Facts) -> str:
    named = [*facts.kinds, *(part for part in facts.candidates if part not in facts.kinds)][:2]
    if not named:
        return text("A share of one whole. All labels together have 100%, and none has a share worth mentioning.")
    terms = [text("“{label}” has {share}", label=part.label, share=percentage(part.percent)) for part in named]
    rest = text("everything else has {share}", share=percentage(100 - sum(part.percent for part in named)))
    return text("A share of one whole: {terms}. That makes 100%.", terms=listed([*terms, rest]))


def _number_of_tags(facts: Facts) -> str:
    answers = [text("“{tag}”? {score}.", tag=tag.name, score=percent(tag.score)) for tag in _apart(facts, 2)]
    if not answers:
        return text("An answer to a question of its own, from no to yes. At this threshold, no answer is yes.")
    return text("An answer to a question of its own, from no to yes. {answers}", answers=" ".join(answers))


def _exclusion_of_label(facts: Facts) -> str:
    answer, rivals = facts.classification, facts.rivals
    if not answer.certain:
        if len(rivals) < 2:
            return text("Exclusive. All labels take from one another, and none is left with enough.")
        return text(
            "Exclusive. “{first}” ({first_share}) and “{second}” ({second_share}) take from each other, and neither is "
            "left with enough.",
            first=rivals[0].label,
            first_share=percentage(rivals[0].percent),
            second=rivals[1].label,
            second_share=percentage(rivals[1].percent),
        )
    if len(facts.kinds) > 1:
        first, second = facts.kinds[:2]
        return text(
            "Exclusive. “{first}” and “{second}” compete for the same 100%.", first=first.label, second=second.label
        )
    if rivals:
        return text(
            "Exclusive. “{label}” is the label, so “{rival}” is not: its {share} counts for nothing.",
            label=facts.label,
            rival=rivals[0].label,
            share=percentage(rivals[0].percent),
        )
    return text("Exclusive. If it were anything else, it could not be “{label}”.", label=facts.label)


def _exclusion_of_tags(facts: Facts) -> str:
    pair = _apart(facts, 2)
    if len(pair) < 2:
        return text("Inclusive. Any number of tags can apply at the same time, even none.")
    return text(
        "Inclusive. “{first}” and “{second}” apply at the same time, and neither lowers the other.",
        first=pair[0].name,
        second=pair[1].name,
    )


def _level_of_label(facts: Facts) -> str:
    answer = facts.classification
    if not answer.certain:
        if not answer.candidates:
            return text("As broad as it must be to be certain. Here not even the broadest name is.")
        best = max(answer.candidates, key=lambda one: one.score)
        return text(
            "As broad as it must be to be certain. The best guess, “{label}”, has {score}: not enough for a label.",
            label=best.label,
            score=percent(best.score),
        )
    if facts.kinds:
        kinds = [quoted(part.label) for part in facts.kinds[:_MOST]]
        return plural(
            len(kinds),
            "As broad as it must be to be certain. {kinds} is too weak alone; all kinds together have {score}, so the "
            "label is “{label}”.",
            "As broad as it must be to be certain. {kinds} are each too weak alone; all kinds together have {score}, "
            "so the label is “{label}”.",
            kinds=listed(kinds),
            score=percent(answer.score),
            label=facts.label,
        )
    if len(answer.path) > 1:
        return text(
            "One level, as specific as the evidence allows: {path}. Only the last of these is the label.",
            path=" › ".join(answer.path),
        )
    return text(
        "One level: “{label}”, which belongs to the group “{category}”.", label=facts.label, category=answer.category
    )


def _level_of_tags(facts: Facts) -> str:
    same, broader, finer = facts.relations.same, facts.relations.broader, facts.relations.finer
    if same is not None and not same.applies:
        same = None
    if same and broader and finer:
        return text(
            "Every level at once: “{finer}” does not replace “{same}”, and that does not replace “{broader}”. All of "
            "them are tags.",
            finer=finer[0].name,
            same=same.name,
            broader=broader[0].name,
        )
    lower, upper = (finer[0] if finer else same), (same if finer and same else _narrowest(broader))
    if lower and upper and lower is not upper:
        return text(
            "Every level at once: “{lower}” is a tag, and so is “{upper}”, which is also true.",
            lower=lower.name,
            upper=upper.name,
        )
    groups = list(dict.fromkeys(tag.group for tag in facts.shown))
    if len(groups) > _MOST_GROUPS:
        return text(
            "From the whole scene down to a detail. Here the tags come from {count} groups, such as {groups}.",
            count=len(groups),
            groups=listed(groups[:_MOST_GROUPS]),
        )
    if len(groups) > 1:
        return text(
            "From the whole scene down to a detail. Here the tags come from {count} groups: {groups}.",
            count=len(groups),
            groups=listed(groups),
        )
    return text("From the whole scene down to a detail, each under its own name.")


def _names_of_label(facts: Facts) -> str:
    unnamed = _spread(facts.relations.unnamed)
    if not unnamed:
        return text("Only labels from its list: kinds of things, and some subjects and places.")
    return plural(
        len(unnamed),
        "Only labels from its list: kinds of things, and some subjects and places. {tags} is not on it.",
        "Only labels from its list: kinds of things, and some subjects and places. {tags} are not on it.",
        tags=_names(unnamed),
    )


def _names_of_tags(facts: Facts) -> str:
    unnamed = _spread(facts.relations.unnamed)
    if not unnamed:
        return text("Also names that no label has: traits, light, colours, parts of a scene. Here there are none.")
    return text(
        "Also names that no label has: traits, light, colours, parts of a scene. Here {tags}.", tags=_names(unnamed)
    )


def _use_of_label(facts: Facts) -> str:
    answer = facts.classification
    if not answer.certain:
        return text("For sorting: one folder for each picture. A person should look at this one first.")
    return text(
        "For sorting: the picture goes into exactly one folder, “{category}”, never into two.", category=answer.category
    )


def _use_of_tags(facts: Facts) -> str:
    shown = _spread(facts.shown)
    if not shown:
        return text("For finding: no search for a tag finds a picture without tags.")
    return text("For finding: a search for {tags} finds it.", tags=listed([quoted(tag.name) for tag in shown], "or"))


def _apart(facts: Facts, most: int) -> list[Tag]:
    """Return shown tags that have little to do with one another: the label's own, then one from each group."""
    same, beside = facts.relations.same, facts.relations.beside
    first = [same] if same is not None and same.applies else []
    by_group = {tag.group: tag for tag in reversed(beside)}
    others = sorted(by_group.values(), key=facts.shown.index)
    return [*first, *others, *(tag for tag in facts.shown if tag not in others and tag not in first)][:most]


def _spread(tags: Sequence[Tag]) -> list[Tag]:
    """Return up to three tags from as many groups as possible."""
    by_group = list({tag.group: tag for tag in reversed(tags)}.values())
    chosen = sorted(by_group, key=tags.index)[:_MOST]
    return chosen + [tag for tag in tags if tag not in chosen][: _MOST - len(chosen)]


def _narrowest(tags: Sequence[Tag]) -> Tag | None:
    """Return the tag that implies the most others, or None if there are no tags."""
    return max(tags, key=lambda tag: len(tag.parents), default=None)


def _names(tags: Sequence[Tag]) -> str:
    return listed([quoted(tag.name) for tag in tags])
