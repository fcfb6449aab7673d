"""Tagging on the command line: its options, and how its answer is shown to a person."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from onsight.native import Engine
from onsight.options import TagOptions
from onsight.results import Photo, Tag, Tagging
from onsight.tagging.selection import FLOOR


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``tag``."""
    parser.add_argument(
        "--threshold", type=float, help="score from which on a tag is shown, 0 to 1 (default: each tag's own)"
    )
    parser.add_argument("--all", action="store_true", help="every tag of the vocabulary, with its score")
    parser.add_argument(
        "--boxes", action="store_true", help="have detection look too: surer of people and things, but slower"
    )
    parser.add_argument("--heat-maps", action="store_true", help="tell with --json where each tag applies")


def prepare(options: argparse.Namespace) -> Callable[[Engine, str], Tagging]:
    """Check the options of ``tag`` and return what answers for one file.

    Raises:
        InvalidOptionError: A value is refused.
    """
    chosen = {name: getattr(options, name) for name in ("threshold", "all", "heat_maps", "boxes")}
    tag_options = TagOptions(**chosen)
    return lambda engine, path: engine.tag(path, tag_options)


def describe(result: Tagging, percent: Callable[[float], str]) -> str:
    """Return the tags by group, one group a line, each tag with its score.

    Args:
        result: The tagging.
        percent: Shows a score as people read it.
    """
    # What lies below the floor is there only if it was asked for.
    everything = any(tag.score < FLOOR for tag in result.tags)
    listed = [tag for tag in result.tags if tag.shown or everything]
    grouped = ((group, [tag for tag in listed if tag.group == group]) for group in result.groups)
    lines = [
        f"    {group}: " + ", ".join(_describe_tag(tag, percent) for tag in tags) for group, tags in grouped if tags
    ]
    if facts := _describe_photo(result.photo):
        lines.append(f"    Photo: {facts}")
    first = ", ".join(tag.name for tag in listed[:5]) or "no tag is sure enough"
    return "\n".join([first, *lines])


def _describe_tag(tag: Tag, percent: Callable[[float], str]) -> str:
    return tag.name if tag.source in ("colour", "photo") else f"{tag.name} {percent(tag.score)}"


def _describe_photo(photo: Photo) -> str:
    facts = [
        photo.taken and photo.taken.replace("T", " "),
        photo.camera,
        photo.lens,
        "has a location" if photo.has_location else None,
    ]
    return ", ".join(fact for fact in facts if fact)
