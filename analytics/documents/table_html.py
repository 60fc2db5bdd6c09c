"""A table as HTML, for paper and to be pasted: read as French in Word, and as numbers in a spreadsheet."""

from __future__ import annotations

from html import escape

import pandas as pd

from analytics.spreadsheets.safe_csv import safe_text


def table_html(values: pd.DataFrame, written: pd.DataFrame, caption: str = "") -> str:
    """``written``, the cells as text, under its headings, and ``caption`` in a row above them.

    ``values`` are what the cells say, in the same rows and columns: Excel and LibreOffice are told a number in attributes
    of theirs, since a spreadsheet takes « 1 234 » or « 45 % » for words. No cell can become a formula.
    """
    numeric = [
        pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype) for dtype in values.dtypes
    ]
    rows = [
        "".join(
            _number(value, words) if is_number and words[:1].isdigit() else f"<td>{escape(safe_text(words))}</td>"
            for value, words, is_number in zip(row, said, numeric, strict=True)
        )
        for row, said in zip(values.itertuples(index=False), written.itertuples(index=False), strict=True)
    ]
    top = f'<tr><td colspan="{len(written.columns)}">{escape(caption)}</td></tr>' if caption else ""
    head = "".join(f"<th>{escape(str(heading))}</th>" for heading in written.columns)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead>{top}<tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: float, words: str) -> str:
    decimals = len(words.strip("\u202f%").partition(",")[2])
    form = "0" + f".{'0' * decimals}" * bool(decimals) + "%" * words.endswith("%")
    number_attributes = f'x:num="{value}" sdval="{value}" sdnum="1033;1033;{form}"'  # 1033: as programs write numbers
    return f"""<td align="right" style="mso-number-format:'{form}'" {number_attributes}>{escape(words)}</td>"""
