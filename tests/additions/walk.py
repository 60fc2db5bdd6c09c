"""Walks a service's own words through the whole product, in a process of its own, and prints what was seen as JSON.

``RELAIS_DATA`` and ``RELAIS_STORE`` are set by whoever starts it; see test_additions.py.
"""

import io
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pypdf

from analytics.documents import protocol_html, protocol_pdf
from analytics.intake import Key
from analytics.intake.template import template_workbook
from analytics.protocol import protocol
from analytics.spreadsheets.reading import read
from analytics.store import Store
from analytics.synthetic.register import synthetic_register
from analytics.workflows.importing import import_register
from analytics.workflows.inventory import inventory
from analytics.workflows.planning import written_plan
from analytics.workflows.publishing import publish_folder
from tests.pages.opening import open_page

AS_OF, NOW = date(2026, 9, 25), datetime(2026, 9, 25, 16, tzinfo=UTC)


def page(name: str) -> str:
    app = open_page(name)
    app.run()
    assert not app.exception and not app.error, [error.value for error in (*app.exception, *app.error)]
    tables = [table.value.to_csv(index=False) for table in app.dataframe]
    texts = [block.value for block in (*app.markdown, *app.caption, *app.get("html"))]
    labels = [str(getattr(widget, "options", "")) for widget in (*app.selectbox, *app.multiselect)]
    return "\n".join(map(str, [*texts, *tables, *labels, *(box.label for box in app.checkbox)]))


def pdf(content: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def main() -> None:
    register = synthetic_register(n_cases=900, n_schools=24, school_years=["2025-2026", "2026-2027"], as_of=AS_OF)
    store = Store()
    found = import_register(store, register, Key(b"k" * 32), NOW)
    folder = Path(os.environ["RELAIS_STORE"]).parent / "publication"
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        seen = {
            "template": "\n".join(
                str(cell) for sheet in read(template_workbook()) for row in sheet.rows for cell in row
            ),
            "refused": found.extract.n_refused,
            "types": snapshot.incident_counts().set_index("incident_type")["n"].to_dict(),
            "steps": snapshot.table("case_steps").query("outcome == 'done'")["step"].value_counts().to_dict(),
            "info": inventory(snapshot),
            "plan": len(written_plan(snapshot, ".xlsx", 4, 14, None, NOW, lambda share, what: None)),
        }
    seen["pages"] = {
        name: page(name) for name in ("overview", "incidents", "relays", "schools", "protocol", "register")
    }
    seen["anchors"] = {entry.label: entry.anchor for entry in protocol().steps}
    seen["protocol_html"] = protocol_html(protocol(), AS_OF)
    seen["protocol_pdf"] = pdf(protocol_pdf(protocol(), AS_OF))
    publish_folder(store, "2025-2026", folder, AS_OF, rounded=True, never_before=True)
    seen["publication"] = (folder / "publication.html").read_text(encoding="utf-8")
    json.dump(seen, sys.stdout, default=str)


if __name__ == "__main__":
    main()
