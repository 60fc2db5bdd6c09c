"""The two ways to fill a template of this package: Jinja for HTML, Typst for tagged PDF."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import typst

from analytics.domain.french import percent, typeset

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
SQUARE = "□"
_LACKING = re.compile(r'the text `"(.+?)"` could not be displayed')
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}")  # how Typst writes a character that cannot be seen


@cache
def template(name: str) -> Template:
    """The HTML template ``name``. Values are escaped, an unknown name is an error; filters: ``typeset``, ``percent``."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # when a page needs it: no server waits for it

    environment = Environment(
        loader=PackageLoader("analytics.documents", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"typeset": typeset, "percent": percent}
    return environment.get_template(name)


def pdf(name: str, made_on: date, content: Mapping[str, object]) -> bytes:
    """A PDF/UA-1 file from the Typst template ``name``, dated ``made_on``: the same content gives the same bytes.

    PDF/UA takes no character that its fonts lack, as an emoji in the name of a school: each becomes a square.
    """
    words = json.dumps(content, ensure_ascii=False)
    while True:
        try:
            return bytes(
                typst.compile(
                    HERE / name,
                    root=HERE,
                    ignore_system_fonts=True,  # so that every machine makes the same file
                    pdf_standards="ua-1",
                    timestamp=datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC),
                    sys_inputs={"content": words},
                )
            )
        except typst.TypstError as error:
            lacking = _LACKING.search(str(error))
            character = _CODE.sub(lambda code: chr(int(code[1], 16)), lacking[1]) if lacking else ""
            written = json.dumps(character, ensure_ascii=False)[1:-1]
            if not character or written not in words:
                raise
            words = words.replace(written, SQUARE)
