"""A Plotly figure as plain dictionaries.

Plotly's own objects check each property as it is set, which takes fifty times as long as writing it down: a page draws
some figures in each run. Whoever needs such an object asks for :attr:`Chart.figure`, which checks them all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import plotly.graph_objects as go

_TITLE = {
    "showarrow": False,
    "font": {"size": 16},
    "xanchor": "center",
    "xref": "paper",
    "yanchor": "bottom",
    "yref": "paper",
}


class Chart:
    """What is drawn, by the names of Plotly's reference; None is left out.

    ``row`` and ``col`` name a panel of :meth:`with_panels`.
    """

    def __init__(self, layout: Mapping[str, Any]) -> None:
        self._traces: list[dict[str, Any]] = []
        self._layout = dict(layout)
        self._n_columns = 1

    def with_panels(
        self, n_rows: int, n_columns: int, titles: Sequence[str], vertical: float, horizontal: float = 0
    ) -> Self:
        """Panels in rows from the top, each with its title, apart by shares of the height and of the width."""
        self._n_columns = n_columns
        height = (1 - vertical * (n_rows - 1)) / n_rows
        width = (1 - horizontal * (n_columns - 1)) / n_columns
        for place in range(n_rows * n_columns):
            row, column = divmod(place, n_columns)
            left, bottom = column * (width + horizontal), (n_rows - 1 - row) * (height + vertical)
            name = _axis(place)
            x = {"anchor": f"y{name}", "domain": [left, left + width]}
            y = {"anchor": f"x{name}", "domain": [bottom, bottom + height]}
            self.update_layout(**{f"xaxis{name}": x, f"yaxis{name}": y})
            if place < len(titles):
                self.add_annotation(text=titles[place], x=left + width / 2, y=bottom + height, **_TITLE)
        return self

    def add_bar(self, **look: Any) -> None:
        self._add("bar", look)

    def add_scatter(self, **look: Any) -> None:
        self._add("scatter", look)

    def add_heatmap(self, **look: Any) -> None:
        self._add("heatmap", look)

    def _add(self, kind: str, look: dict[str, Any]) -> None:
        name = self._panel(look.pop("row", None), look.pop("col", None))
        axes = {} if name is None else {"xaxis": f"x{name}", "yaxis": f"y{name}"}
        self._traces.append({"type": kind, **look, **axes})

    def add_annotation(self, **look: Any) -> None:
        self._layout.setdefault("annotations", []).append(look)

    def add_vline(self, x: Any, **look: Any) -> None:
        self._add_shape("line", look, x0=x, x1=x)

    def add_hline(self, y: Any, **look: Any) -> None:
        self._add_shape("line", look, y0=y, y1=y)

    def add_vrect(self, x0: Any, x1: Any, **look: Any) -> None:
        self._add_shape("rect", look, x0=x0, x1=x1)

    def _add_shape(self, kind: str, look: Mapping[str, Any], **ends: Any) -> None:
        """A shape that spans the whole plot in the direction of which no end is given."""
        along = "x" if "x0" in ends else "y"
        across = "y" if along == "x" else "x"
        whole = {f"{across}0": 0, f"{across}1": 1, f"{along}ref": along, f"{across}ref": f"{across} domain"}
        self._layout.setdefault("shapes", []).append({"type": kind, **ends, **whole, **look})

    def update_layout(self, **look: Any) -> Self:
        self._layout = _merged(self._layout, look)
        return self

    def update_traces(self, **look: Any) -> Self:
        self._traces = [_merged(trace, look) for trace in self._traces]
        return self

    def update_xaxes(self, *, row: int | None = None, col: int | None = None, **look: Any) -> Self:
        return self._update_axes("xaxis", row, col, look)

    def update_yaxes(self, *, row: int | None = None, col: int | None = None, **look: Any) -> Self:
        return self._update_axes("yaxis", row, col, look)

    def update_annotations(self, *, added: Iterable[Mapping[str, Any]] = (), **look: Any) -> Self:
        """Give the annotations a ``look``, once some more were ``added``."""
        notes = [*self._layout.get("annotations", ()), *added]
        self._layout["annotations"] = [_merged(note, look) for note in notes]
        return self

    def _update_axes(self, axis: str, row: int | None, col: int | None, look: dict[str, Any]) -> Self:
        if isinstance(look.get("title"), str):
            look = look | {"title": {"text": look["title"]}}
        name = self._panel(row, col)
        for known in list(self._layout):
            if known.startswith(axis) if name is None else known == f"{axis}{name}":
                self._layout[known] = _merged(self._layout[known], look)
        return self

    def _panel(self, row: int | None, col: int | None) -> str | None:
        return None if row is None or col is None else _axis((row - 1) * self._n_columns + col - 1)

    @property
    def height(self) -> int:
        """In pixels."""
        return self._layout["height"]

    def to_plotly_json(self) -> dict[str, Any]:
        """``data`` and ``layout`` as JSON has them: lists, numbers, texts, null for what is missing, days in ISO 8601."""
        return {"data": _plain(self._traces), "layout": _plain(self._layout)}

    @property
    def figure(self) -> go.Figure:
        """The same as Plotly's own object. ValueError where it holds what Plotly does not know."""
        from plotly.graph_objects import Figure

        return Figure(self.to_plotly_json())

    def _ipython_display_(self) -> None:
        self.figure._ipython_display_()


def _axis(place: int) -> str:
    """How Plotly numbers the axes of a panel."""
    return str(place + 1) if place else ""


def _merged(known: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """``more`` over ``known``, part by part; neither is changed."""
    both = {**known, **more}
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(known.get(name), dict):
            both[name] = _merged(known[name], value)
    return both


_AS_IT_IS = (str, bool, int, type(None))
_ARRAYS = (pd.Series, pd.Index, np.ndarray, np.generic)


def _plain(value: Any) -> Any:
    if isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if part is not None}
    if isinstance(value, _ARRAYS):
        return _plain(value.tolist())
    if value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(part) for part in value]
