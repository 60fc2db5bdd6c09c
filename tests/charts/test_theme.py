"""The common look: text that can be read on each colour."""

import pytest

from analytics.charts import theme

COLOURS = [
    value for name, value in vars(theme).items() if name.isupper() and isinstance(value, str) and value[:1] == "#"
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", [*COLOURS, *theme.GROUPS])
def test_words_on_a_colour_are_read(colour):
    light, dark = sorted((luminance(colour), luminance(theme.ink_on(colour))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
