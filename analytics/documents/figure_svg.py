"""A chart of the screens as plain SVG, for a file without a script: bars, dots and lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from analytics.charts.theme import MAIN, ink_on
from analytics.documents.svg_scale import Scale, as_list
from analytics.domain.matching import word_list

WIDTH = 720
_LETTER = 6.5  # pixels of a letter, about, at 13 pixels
_LINE = "#8b949e"
_ANCHORS = {"left": "start", "right": "end"}
# What is drawn, and what only a hover or a touch would show.
_TRACE = frozenset(
    word_list(
        "type | x | y | xaxis | yaxis | name | mode | marker | line | orientation | base | error_x | fill | fillcolor | "
        "text | textposition | insidetextanchor | insidetextfont | textangle | cliponaxis | showlegend | "
        "hoverinfo | hovertemplate | customdata"
    )
)
_LAYOUT = frozenset(
    word_list(
        "height | margin | showlegend | legend | bargap | barmode | xaxis | yaxis | shapes | annotations | separators | "
        "paper_bgcolor | plot_bgcolor | template | hovermode | dragmode"
    )
)
_DASHES = {"dot": ' stroke-dasharray="2 3"', "dash": ' stroke-dasharray="6 4"'}


def figure_svg(figure: go.Figure) -> str:
    """The chart, 720 pixels wide; "" where it has a trace or an axis that is not drawn here.

    A style sheet gives the text its colour; what a hover would say is left out.
    """
    spec = figure.to_plotly_json()
    traces = [trace for trace in spec["data"] if as_list(trace.get("x")) and as_list(trace.get("y"))]
    return _Drawing(traces, spec["layout"]).svg() if traces and _is_drawn(spec["data"], spec["layout"]) else ""


def _is_drawn(traces: Sequence[dict[str, Any]], layout: dict[str, Any]) -> bool:
    axes = [axis for name, axis in layout.items() if name[1:].startswith("axis")]
    n_bars = sum(trace.get("type") == "bar" for trace in traces)
    return (
        all(set(trace) <= _TRACE and trace.get("type", "scatter") in ("bar", "scatter") for trace in traces)
        and all("text" not in trace.get("mode", "") and trace.get("fill", "tonexty") == "tonexty" for trace in traces)
        and {name.rstrip("0123456789") for name in layout} <= _LAYOUT
        and all(axis.get("type", "linear") in ("linear", "category", "date") for axis in axes)
        and all(shape.get("type") == "line" for shape in layout.get("shapes", ()))
        and not any(note.get("showarrow", True) for note in layout.get("annotations", ()))
        and (n_bars < 2 or layout.get("barmode") in ("stack", "relative", "overlay"))
    )


class _Bar(NamedTuple):
    """A bar along an axis, from ``start`` to ``end``, at its ``place`` on the other."""

    along: str
    start: float
    end: float
    place: Any
    look: dict[str, Any]
    words: str
    is_inside: bool


class _Drawing:
    def __init__(self, traces: Sequence[dict[str, Any]], layout: dict[str, Any]) -> None:
        self.traces, self.layout, self.parts = traces, layout, list[str]()
        self.height = float(layout.get("height", 360))
        words = [word for trace in traces for word in as_list(trace["y"]) if isinstance(word, str)]
        widest = max((len(line) for word in words for line in word.split("<br>")), default=6)
        margin = layout.get("margin", {})
        title, under = (layout.get(f"{axis}axis", {}).get("title", {}).get("text", "") for axis in "yx")
        ticks = [str(tick) for tick in as_list(layout.get("xaxis", {}).get("ticktext"))]
        self.left = max(margin.get("l", 0), min(_LETTER * widest, 280) + 16)
        self.legend = self._legend()
        self.top = max(margin.get("t", 0), 10) + 22 * len(self.legend) + 16 * bool(title)
        self.tick_lines = max((1 + tick.count("<br>") for tick in ticks), default=1)
        under_lines = self.tick_lines + bool(under) * (1 + under.count("<br>"))
        self.bottom = max(margin.get("b", 0), 12 + 17 * under_lines)
        self.scales: dict[str, Scale] = {}

    def svg(self) -> str:
        for x, y in dict.fromkeys((t.get("xaxis", "x"), t.get("yaxis", "y")) for t in self.traces):
            own = [t for t in self.traces if (t.get("xaxis", "x"), t.get("yaxis", "y")) == (x, y)]
            self._panel(x, y, own)
        for shape in self.layout.get("shapes", ()):
            line, ends = shape.get("line", {}), [self._at(shape, axis, end) for end in "01" for axis in "xy"]
            self._path([(ends[0], ends[1]), (ends[2], ends[3])], line)
        for note in self.layout.get("annotations", ()):
            x = self._at(note, "x") + note.get("xshift", 0)
            size = note.get("font", {}).get("size", 13)
            y = (
                self._at(note, "y")
                - note.get("yshift", 0)
                + {"bottom": -4, "top": size}.get(note.get("yanchor"), size / 3)
            )
            anchor, colour = _ANCHORS.get(note.get("xanchor"), "middle"), note.get("font", {}).get("color", "")
            self._text(x, y, note.get("text", ""), anchor, size, colour)
        for row, entries in enumerate(self.legend):
            for x, name, mark in entries:
                y = 14 + 22 * row
                self.parts.append(mark.format(x=x, y=y))
                self._text(x + 16, y + 4, name, "start")
        drawn = "".join(self.parts)
        return f'<svg viewBox="0 0 {WIDTH} {self.height:.0f}" font-size="13">{drawn}</svg>'

    def _panel(self, x: str, y: str, traces: list[dict[str, Any]]) -> None:
        axis_x, axis_y = (self.layout.get(f"{name[0]}axis{name[1:]}", {}) for name in (x, y))
        right, bottom = WIDTH - 16, self.height - self.bottom
        spans = [
            (start + (end - start) * low, start + (end - start) * high)
            for (start, end), axis in (((self.left, right), axis_x), ((bottom, self.top), axis_y))
            for low, high in [as_list(axis.get("domain")) or (0, 1)]
        ]
        bars = [bar for trace in self._stacked(traces) for bar in self._bars(trace)]
        reach: dict[str, list[Any]] = {"x": [], "y": []}
        for t in traces:
            reach["x"] += as_list(t.get("x"))
            reach["y"] += as_list(t.get("y"))
        for bar in bars:
            reach[bar.along] += [bar.start, bar.end]
        from_zero = {bar.along for bar in bars}
        across, up = (
            Scale(axis, reach[name[0]], *span, from_zero=name[0] in from_zero)
            for name, axis, span in ((x, axis_x, spans[0]), (y, axis_y, spans[1]))
        )
        self.scales |= {x: across, y: up}
        self._grid(across, up)
        self._bars_on(bars, across, up)
        for number_, trace in enumerate(traces):
            if trace.get("type", "scatter") == "scatter":
                self._scatter(trace, traces[number_ - 1] if number_ else None, across, up)
            else:
                self._errors(trace, across, up)

    def _stacked(self, traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The bars, each with the ``base`` on which it stands."""
        if self.layout.get("barmode") not in ("stack", "relative"):
            return [t for t in traces if t.get("type") == "bar"]
        reached: dict[tuple[Any, bool], float] = defaultdict(float)
        stacked = []
        for trace in (t for t in traces if t.get("type") == "bar"):
            length, place = ("x", "y") if trace.get("orientation") == "h" else ("y", "x")
            base = []
            for at, value in zip(as_list(trace[place]), as_list(trace[length]), strict=True):
                base.append(reached[at, value < 0])
                reached[at, value < 0] += value
            stacked.append(trace | {"base": base})
        return stacked

    def _bars(self, trace: dict[str, Any]) -> list[_Bar]:
        along, across = ("x", "y") if trace.get("orientation") == "h" else ("y", "x")
        values, marker = as_list(trace[along]), trace.get("marker", {})
        n, is_inside = len(values), trace.get("textposition") == "inside"
        rest = (trace.get("base", 0), marker.get("color", MAIN), trace.get("text", ""))
        return [
            _Bar(along, base, base + value, place, marker | {"color": colour}, word, is_inside)
            for value, place, base, colour, word in zip(
                values, as_list(trace[across]), *(_each(one, n) for one in rest), strict=True
            )
            if not np.isnan(value)
        ]

    def _bars_on(self, bars: Sequence[_Bar], across: Scale, up: Scale) -> None:
        """Draw bars, as thick as the closest two of them allow."""
        for bar in bars:
            scale, other = (across, up) if bar.along == "x" else (up, across)
            middles = np.unique([other.at(one.place) for one in bars if one.along == bar.along])
            thick = 0.7 * min([*np.diff(middles), abs(other.end - other.start) / max(len(middles), 1)])
            middle, (start, end) = other.at(bar.place), sorted((scale.at(bar.start), scale.at(bar.end)))
            line, colour = bar.look.get("line", {}), bar.look["color"]
            paint = f'fill="{colour}"' + (f' stroke="{line["color"]}"' if line.get("width") else "")
            box = (start, middle - thick / 2, end - start, thick)
            x, y, width, height = box if bar.along == "x" else (box[1], box[0], box[3], box[2])
            self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {paint}/>')
            if not bar.is_inside:
                self._text(end + 6, middle + 4, bar.words, "start")
            elif width > _LETTER * len(bar.words):
                self._text((start + end) / 2, middle + 4, bar.words, "middle", colour=ink_on(colour))

    def _scatter(self, trace: dict[str, Any], before: dict[str, Any] | None, across: Scale, up: Scale) -> None:
        line, mode = trace.get("line", {}), trace.get("mode", "lines+markers")
        points = self._points(trace, across, up)
        if trace.get("fill") == "tonexty" and before is not None:
            around = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*points, *self._points(before, across, up)[::-1]])
            self.parts.append(f'<polygon points="{around}" fill="{trace["fillcolor"]}"/>')
        if "lines" in mode and line.get("width", 2):
            self._path(points, {"color": MAIN, "width": 2} | line)
        self._errors(trace, across, up)
        if "markers" in mode:
            marker = {"color": line.get("color", MAIN)} | trace.get("marker", {})
            for x, y in self._points(trace | {"line": {}}, across, up):
                self.parts.append(_mark(marker).format(x=round(x, 1), y=round(y, 1)))

    def _points(self, trace: dict[str, Any], across: Scale, up: Scale) -> list[tuple[float, float]]:
        """The points of a line in pixels, the corners of its steps among them."""
        given = [(across.at(x), up.at(y)) for x, y in zip(as_list(trace["x"]), as_list(trace["y"]), strict=True)]
        given = [point for point in given if not np.isnan(point).any()]
        shape = trace.get("line", {}).get("shape", "linear")
        points = given[:1]
        for (x0, y0), (x1, y1) in pairwise(given):
            turn = {"hv": x1, "hvh": (x0 + x1) / 2}.get(shape)
            points += [(turn, y0), (turn, y1), (x1, y1)] if turn is not None else [(x1, y1)]
        return points

    def _errors(self, trace: dict[str, Any], across: Scale, up: Scale) -> None:
        error = trace.get("error_x", {})
        rows = (
            zip(*(as_list(v) for v in (trace["x"], trace["y"], error["array"], error["arrayminus"])), strict=True)
            if error
            else ()
        )
        for x, y, more, less in rows:
            if not np.isnan(x + more + less):
                self._path([(across.at(x - less), up.at(y)), (across.at(x + more), up.at(y))], error)

    def _grid(self, across: Scale, up: Scale) -> None:
        for scale, is_x in ((across, True), (up, False)):
            for at, words in scale.ticks():
                ends = [(at, up.start), (at, up.end)] if is_x else [(across.start, at), (across.end, at)]
                if not scale.places:
                    self._path(ends, {"color": _LINE, "width": 0.5, "dash": "dot"})
                if is_x:
                    self._text(at, up.start + 18, words, "middle")
                else:
                    self._text(across.start - 8, at + 4, words, "end")
        title_x, title_y = (scale.axis.get("title", {}).get("text", "") for scale in (across, up))
        self._text((across.start + across.end) / 2, up.start + 20 + 17 * self.tick_lines, title_x, "middle")
        self._text(across.start - 8, up.end - 10, title_y, "end")

    def _legend(self) -> list[list[tuple[float, str, str]]]:
        """The legend in rows: where an entry begins, its name and its mark."""
        rows: list[list[tuple[float, str, str]]] = []
        x = float(WIDTH)
        for trace in self.traces if self.layout.get("showlegend") else ():
            if trace.get("showlegend", True) and trace.get("name"):
                needed = 40 + _LETTER * len(trace["name"])
                if x + needed > WIDTH:
                    rows.append([])
                    x = 16.0
                line = trace.get("line", {})
                marker = {"color": line.get("color", MAIN)} | trace.get("marker", {})
                symbols = {"bar": "square", "lines": "line"}
                symbol = symbols.get(trace.get("type", "")) or symbols.get(trace.get("mode", ""))
                rows[-1].append((x, trace["name"], _mark(marker | {"symbol": symbol} if symbol else marker)))
                x += needed
        return rows

    def _at(self, part: dict[str, Any], axis: str, end: str = "") -> float:
        """Where a shape or a note stands, in pixels: on an axis, on the span of an axis, or on the whole chart."""
        reference, value = part.get(f"{axis}ref", axis), part[f"{axis}{end}"]
        whole = (self.left, WIDTH - 16.0) if axis == "x" else (self.height - self.bottom, float(self.top))
        name = reference.removesuffix(" domain")
        scale = self.scales.get(name)
        if reference == name and scale is not None:
            return scale.at(value)
        start, end_ = (scale.start, scale.end) if scale is not None else whole
        return start + (end_ - start) * value

    def _path(self, points: Sequence[tuple[float, float]], line: dict[str, Any]) -> None:
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        look = f'stroke="{line.get("color", _LINE)}" stroke-width="{line.get("width") or line.get("thickness", 1.5)}"'
        self.parts.append(f'<polyline points="{way}" fill="none" {look}{_DASHES.get(line.get("dash"), "")}/>')

    def _text(self, x: float, y: float, words: str, anchor: str, size: float = 13, colour: str = "") -> None:
        look = f' style="fill:{colour}"' if colour else ""
        for row, line in enumerate(words.split("<br>") if words else ()):
            bare = escape(re.sub(r"</?b>", "", line))
            place = f'x="{x:.1f}" y="{y + row * 1.2 * size:.1f}"'
            self.parts.append(f'<text {place} text-anchor="{anchor}" font-size="{size:g}"{look}>{bare}</text>')


def _mark(marker: dict[str, Any]) -> str:
    """A mark around ``{x}``, ``{y}``."""
    line = marker.get("line", {})
    colour = marker["color"] if isinstance(marker["color"], str) else MAIN
    paint = f'fill="{colour}"' + (
        f' stroke="{line["color"]}" stroke-width="{line["width"]}"' if line.get("width") else ""
    )
    if marker.get("symbol", "circle") == "circle":
        return f'<circle cx="{{x}}" cy="{{y}}" r="{marker.get("size", 7) / 2}" {paint}/>'
    turned = ' transform="rotate(45 {x} {y})"' * (marker["symbol"] == "diamond")
    height = 2 if marker["symbol"] == "line" else 9
    around = f'width="9" height="{height}" style="translate:-4.5px -{height / 2}px"'
    return f'<rect x="{{x}}" y="{{y}}" {around} {paint}{turned}/>'


def _each(value: Any, n: int) -> list[Any]:
    return as_list(value) if not isinstance(value, (str, int, float)) else [value] * n
