"""The publication as one HTML file with its charts: no script, no network."""

from __future__ import annotations

from analytics.disclosure.release import Release
from analytics.disclosure.wording import about, explain_refusal, format_cell
from analytics.documents._templates import template
from analytics.documents.bar_chart import bar_chart
from analytics.documents.publication_layout import UNITS, charted, grid


def publication_html(release: Release) -> str:
    """The report: what it is, then each table with its chart."""
    return template("publication.html.jinja").render(
        release=release,
        about=about(release),
        format_cell=format_cell,
        units=UNITS,
        tables=[
            (table, *grid(table), bar_chart(heading, cells, is_share=table.unit == "relays"))
            for table, heading, cells in charted(release)
        ],
        refused=map(explain_refusal, release.refused),
    )
