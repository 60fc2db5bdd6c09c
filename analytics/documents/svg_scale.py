"""An axis of a chart that is drawn as SVG, and its values as Plotly keeps them."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.domain.french import number

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Scale:
    """An axis: from its values to pixels between ``start`` and ``end``."""

    def __init__(
        self, axis: dict[str, Any], values: Sequence[Any], start: float, end: float, *, from_zero: bool
    ) -> None:
        words = [value for value in values if isinstance(value, str)]
        self.axis, self.start, self.end, self.places = axis, start, end, {}
        if words and not all(map(_DATE.match, words)):
            order = list(dict.fromkeys([*as_list(axis.get("categoryarray")), *words]))
            self.places = {word: place for place, word in enumerate(order)}
            self.low, self.high = -0.5, len(order) - 0.5
        elif axis.get("range") is not None:
            self.low, self.high = map(self.value, as_list(axis["range"]))
        else:
            numbers = [number for number in map(self.value, values) if not np.isnan(number)]
            numbers += [0.0] * (from_zero or axis.get("rangemode") == "tozero" or not numbers)
            room = 0.04 * (max(numbers) - min(numbers) or 1)
            self.low, self.high = min(numbers) - room * (min(numbers) != 0), max(numbers) + room
        if axis.get("autorange") == "reversed":
            self.low, self.high = self.high, self.low

    def value(self, given: Any) -> float:
        if isinstance(given, str):
            return float(self.places[given] if given in self.places else np.datetime64(given, "m").astype(int))
        return float(given)

    def at(self, given: Any) -> float:
        return self.start + (self.value(given) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Where a tick stands, in pixels, and its words."""
        if not self.axis.get("visible", True):
            return []
        if self.places:
            return [(self.at(word), word) for word in self.places]
        if self.axis.get("tickvals") is not None:
            values = as_list(self.axis["tickvals"])
            return [(self.at(v), str(t)) for v, t in zip(values, as_list(self.axis["ticktext"]), strict=True)]
        steps = [size * 10.0**power for power in range(-3, 7) for size in (1, 2, 5)]
        span = abs(self.high - self.low)
        step = next((step for step in steps if span / step <= 6), span)
        low, high = sorted((self.low, self.high))
        values = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step + 0.0  # no -0
        decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
        return [(self.at(v), number(v, decimals) + self.axis.get("ticksuffix", "")) for v in values]


def as_list(values: Any) -> list[Any]:
    """What Plotly keeps as an array, or as its bytes, as a list; NaN for None."""
    if isinstance(values, dict):
        values = np.frombuffer(b64decode(values["bdata"]), dtype=values["dtype"])
    listed = values.tolist() if hasattr(values, "tolist") else list(values if values is not None else ())
    return [float("nan") if value is None else str(value) if hasattr(value, "isoformat") else value for value in listed]
