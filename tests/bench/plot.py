"""A plot of points on a logarithmic axis, as SVG that reads on light and on dark ground."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT = 760, 176, 24
ROW, HEAD, FOOT = 26, 58, 40

STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #57606a; }
    .group { font-weight: 600; fill: #24292f; }
    .line { stroke: #8c959f; stroke-opacity: .35; }
    @media (prefers-color-scheme: dark) { text { fill: #9198a1; } .group { fill: #e6edf3; } }
"""


@dataclass(frozen=True)
class Series:
    """What has the same mark in every row.

    Attributes:
        name: In the legend.
        colour: Legible on white and on black.
        mark: From ``(x, y)`` to the shape, so that no one needs the colour.
    """

    name: str
    colour: str
    mark: Callable[[float, float], str]


def _polygon(*points: tuple[float, float]) -> Callable[[float, float], str]:
    def draw(x: float, y: float) -> str:
        return f'<polygon points="{" ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in points)}"'

    return draw


SERIES: Mapping[str, Series] = {
    "onsight": Series("Onsight", "#1f8a70", lambda x, y: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6"'),
    "transformers": Series("transformers.js", "#d2691e", _polygon((-5, -5), (5, -5), (5, 5), (-5, 5))),
    "coco-ssd": Series("coco-ssd (TensorFlow.js)", "#8a63d2", _polygon((0, -6), (6, 5), (-6, 5))),
    "native": Series("CPython, natively", "#3b82d0", _polygon((0, -6.5), (6.5, 0), (0, 6.5), (-6.5, 0))),
}
"""By id of the subject."""


@dataclass(frozen=True)
class Row:
    """A line of the plot.

    Attributes:
        name: At its left.
        values: Milliseconds by id of the subject, above 0; those without a series are left out.
    """

    name: str
    values: Mapping[str, float]


def draw(groups: Sequence[tuple[str, Sequence[Row]]]) -> str:
    """Return an SVG of groups of rows under their headings.

    Raises:
        ValueError: There is nothing to draw.
    """
    values = [value for _, rows in groups for row in rows for name, value in row.values.items() if name in SERIES]
    if not values:
        raise ValueError("There is nothing to draw.")
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)

    def place(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(value) - low) / (high - low)

    lines = sum(1 + len(rows) for _, rows in groups)
    height = HEAD + ROW * lines + FOOT
    parts = [*_legend(), *_axis([10.0**power for power in range(low, high + 1)], place, height)]
    y = HEAD
    for heading, rows in groups:
        y += ROW
        parts.append(f'<text class="group" x="0" y="{y - 8}">{escape(heading)}</text>')
        for row in rows:
            y += ROW
            parts.append(f'<text x="12" y="{y - 8}">{escape(row.name)}</text>')
            parts.append(f'<line class="line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y - 12}" y2="{y - 12}"/>')
            for name, series in reversed(list(SERIES.items())):  # ours is drawn last, above the others
                if name in row.values:
                    title = escape(f"{series.name}: {row.values[name]:.0f} ms")
                    mark = series.mark(place(row.values[name]), y - 12)
                    parts.append(f'{mark} fill="{series.colour}"><title>{title}</title></{_tag(mark)}>')
    body = "\n  ".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="Milliseconds, on a logarithmic axis: less is better">\n'
        f"  <style>{STYLE}  </style>\n  {body}\n</svg>\n"
    )


def _tag(mark: str) -> str:
    return mark[1 : mark.index(" ")]


def _legend() -> Iterable[str]:
    x = 8.0
    for series in SERIES.values():
        mark = series.mark(x, 14)
        yield f'{mark} fill="{series.colour}"/>'
        yield f'<text x="{x + 12:.0f}" y="18">{escape(series.name)}</text>'
        x += 42 + 6.6 * len(series.name)


def _axis(ticks: Sequence[float], place: Callable[[float], float], height: int) -> Iterable[str]:
    for tick in ticks:
        x = place(tick)
        yield f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 14}" y2="{height - FOOT + 6}"/>'
        text = f"{tick:.0f} ms" if tick < 1000 else f"{tick / 1000:.0f} s"
        yield f'<text x="{x:.1f}" y="{height - FOOT + 22}" text-anchor="middle">{text}</text>'
