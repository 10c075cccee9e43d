"""Plots as inline SVG: no library at reading time, no request, colours from the page's style sheet.

Every chart is a function from values to one `<svg>` element with a text alternative; classes name what a mark is
("now", "before", "floor"), the style sheet says how it looks in light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 520
_ROW = 28
_LABEL = 214
_RIGHT = 48
_TOP = 14
_AXIS = 34
_SQUARE = 320
_TICKS = 5


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One score with its 95 % interval, and what it is measured against."""

    label: str
    value: float
    low: float
    high: float
    before: float | None = None
    """The score of the run compared with."""
    floor: float | None = None
    """The best trivial baseline."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: the mean confidence, the share that was right, and how many they are."""

    confidence: float
    accuracy: float
    count: int


def interval_chart(rows: Sequence[IntervalRow], *, title: str) -> str:
    """A dot and a bar for each score; a hollow dot for the score before, a tick for the floor."""
    top = max([*(max(row.high, row.value, row.before or 0.0, row.floor or 0.0) for row in rows), 1e-9])
    step = _step(top)
    end = step * math.ceil(top / step - 1e-9)
    height = _TOP + _ROW * len(rows) + _AXIS

    def x(value: float) -> float:
        return _LABEL + (_WIDTH - _LABEL - _RIGHT) * min(max(value, 0.0), end) / end

    bottom = _TOP + _ROW * len(rows)
    marks = [_grid(x(tick), _TOP, bottom, _number(tick)) for tick in _ticks(end, step)]
    for i, row in enumerate(rows):
        y = _TOP + _ROW * (i + 0.5)
        about = f"{row.label}: {_number(row.value)}, 95 % interval {_number(row.low)} to {_number(row.high)}"
        marks.append(_text("label", _LABEL - 10, y + 4, row.label))
        if row.floor is not None:
            about += f", best baseline {_number(row.floor)}"
            marks.append(_line("floor", x(row.floor), y - 9, x(row.floor), y + 9))
        marks.append(_line("interval", x(row.low), y, x(row.high), y))
        if row.before is not None:
            about += f", before {_number(row.before)}"
            marks.append(f'<circle class="before" cx="{x(row.before):.1f}" cy="{y:.1f}" r="6"/>')
        marks.append(
            f'<circle class="now" cx="{x(row.value):.1f}" cy="{y:.1f}" r="4.5"><title>{escape(about)}</title></circle>'
        )
        marks.append(_text("value", _WIDTH - 4, y + 4, f"{row.value:.1f}"))
    return _svg(_WIDTH, height, title, marks)


def reliability_chart(bins: Sequence[Bin], *, title: str) -> str:
    """The share that was right against the confidence claimed; on the diagonal both agree."""
    total = sum(each.count for each in bins)
    left, size = 52, _SQUARE - 52 - 16

    def x(share: float) -> float:
        return left + size * share

    def y(share: float) -> float:
        return _TOP + size * (1 - share)

    marks = []
    for i in range(_TICKS + 1):
        share = i / _TICKS
        marks.append(_grid(x(share), _TOP, y(0), f"{share:.0%}"))
        marks.append(_line("grid", x(0), y(share), x(1), y(share)))
        marks.append(_text("tick", left - 6, y(share) + 4, f"{share:.0%}"))
    marks.append(_line("diagonal", x(0), y(0), x(1), y(1)))
    points = " ".join(f"{x(each.confidence):.1f},{y(each.accuracy):.1f}" for each in bins)
    marks.append(f'<polyline class="trend" points="{points}"/>')
    for each in bins:
        radius = 3 + 9 * math.sqrt(each.count / total)
        about = f"{each.count} answers with confidence {each.confidence:.0%}: {each.accuracy:.0%} right"
        marks.append(
            f'<circle class="now" cx="{x(each.confidence):.1f}" cy="{y(each.accuracy):.1f}" r="{radius:.1f}">'
            f"<title>{escape(about)}</title></circle>"
        )
    marks.append(_axis_titles(left, size, "confidence of the answer", "share that was right"))
    return _svg(_SQUARE, _SQUARE - 10, title, marks)


def scatter_chart(
    points: Sequence[tuple[float, float]], *, title: str, horizontal: str, vertical: str, width: int = _SQUARE
) -> str:
    """A dot for each input, and the mean of every sixth of them along the horizontal axis."""
    left, height = 52, _SQUARE - 52 - 16
    across = width - left - 16
    right, top = max(*(one for one, _ in points), 1.0), max(*(other for _, other in points), 1e-9)
    steps = _step(right), _step(top)
    ends = tuple(step * math.ceil(value / step - 1e-9) for step, value in zip(steps, (right, top), strict=True))

    def x(value: float) -> float:
        return left + across * value / ends[0]

    def y(value: float) -> float:
        return _TOP + height * (1 - value / ends[1])

    marks = [_grid(x(tick), _TOP, y(0), _number(tick)) for tick in _ticks(ends[0], steps[0])]
    for tick in _ticks(ends[1], steps[1]):
        marks.append(_line("grid", x(0), y(tick), x(ends[0]), y(tick)))
        marks.append(_text("tick", left - 6, y(tick) + 4, _number(tick)))
    marks += [f'<circle class="point" cx="{x(one):.1f}" cy="{y(other):.1f}" r="2.5"/>' for one, other in points]
    trend = " ".join(f"{x(one):.1f},{y(other):.1f}" for one, other in _means(points))
    marks.append(f'<polyline class="trend" points="{trend}"/>')
    marks.append(_axis_titles(left, height, horizontal, vertical, across))
    return _svg(width, _SQUARE - 10, title, marks)


def _means(points: Sequence[tuple[float, float]], groups: int = 6) -> list[tuple[float, float]]:
    """The mean point of equally many neighbours."""
    ordered = sorted(points)
    size = max(1, math.ceil(len(ordered) / groups))
    return [
        (sum(one for one, _ in part) / len(part), sum(other for _, other in part) / len(part))
        for part in (ordered[start : start + size] for start in range(0, len(ordered), size))
    ]


def _step(top: float) -> float:
    """A round distance between ticks: about five of them up to `top`."""
    raw = top / _TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw - 1e-12)


def _ticks(end: float, step: float) -> list[float]:
    return [step * i for i in range(round(end / step) + 1)]


def _number(value: float) -> str:
    """As many places as tell scores apart: 17.3 of 100, 0.82 of 1; round numbers stay round."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _grid(x: float, top: float, bottom: float, label: str) -> str:
    return _line("grid", x, top, x, bottom) + _text("tick", x, bottom + 16, label, anchor="middle")


def _text(kind: str, x: float, y: float, text: str, *, anchor: str = "end") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _axis_titles(left: float, height: float, horizontal: str, vertical: str, across: float | None = None) -> str:
    middle = _TOP + height / 2
    return (
        f'<text class="axis" x="{left + (height if across is None else across) / 2:.1f}" y="{_TOP + height + 36:.1f}" '
        f'text-anchor="middle">{escape(horizontal)}</text>'
        f'<text class="axis" x="12" y="{middle:.1f}" text-anchor="middle" '
        f'transform="rotate(-90 12 {middle:.1f})">{escape(vertical)}</text>'
    )


def _svg(width: float, height: float, title: str, marks: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title)}">{"".join(marks)}</svg>'
