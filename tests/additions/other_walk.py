"""Walks another service's protocol through register, page, file and papers, in a process of its own; prints JSON."""

import json
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest

from analytics.documents import parents_pdf, protocol_html, protocol_pdf
from analytics.intake import Key
from analytics.intake.template import template_workbook
from analytics.protocol import protocol
from analytics.spreadsheets.reading import read
from analytics.store import Store
from analytics.synthetic.register import synthetic_register
from analytics.workflows.importing import import_register
from tests.documents.test_protocol_pdf import pages, pdf_text

TODAY = date(2026, 9, 25)
PAGE = Path(__file__).parents[2] / "pages" / "protocol" / "page.py"


def main() -> None:
    store = Store(Path(tempfile.mkdtemp()))
    register = synthetic_register(n_cases=60, n_schools=5, school_years=["2025-2026"], as_of=TODAY)
    import_register(store, register, Key(b"k" * 32), datetime(2026, 9, 25, 16, tzinfo=UTC))
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        steps = sorted(snapshot.table("case_steps")["step"].unique())
    page = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not page.exception
    sheets = (parents_pdf(protocol(), TODAY), protocol_pdf(protocol(), TODAY))
    seen = {
        "template": "\n".join(str(cell) for sheet in read(template_workbook()) for row in sheet.rows for cell in row),
        "steps": steps,
        "page": "\n".join(block.proto.body for block in page.get("html")),
        "file": protocol_html(protocol(), TODAY),
        "parents": pdf_text(sheets[0]),
        "paper": pdf_text(sheets[1]),
        "pages": [pages(sheet) for sheet in sheets],
    }
    json.dump(seen, sys.stdout, default=str)


if __name__ == "__main__":
    main()
