"""Every file of a publication, by name. The same release always gives the same bytes."""

from __future__ import annotations

import io
import zipfile

from analytics.disclosure.publication_csv import table_csv
from analytics.disclosure.published import RULES_FILE
from analytics.disclosure.records import SUMMARY
from analytics.disclosure.release import Release
from analytics.documents.publication_html import publication_html
from analytics.documents.publication_observed import OBSERVED, observed_toml
from analytics.documents.publication_pdf import publication_pdf
from analytics.documents.publication_xlsx import publication_xlsx


def publication_files(release: Release) -> dict[str, bytes]:
    """One HTML report, one workbook, one PDF, a CSV a table, the figures for the protocol page, the rules, what it is."""
    return {
        "publication.html": publication_html(release).encode("utf-8"),
        "publication.xlsx": publication_xlsx(release),
        "publication.pdf": publication_pdf(release),
        **{f"{table.code}.csv": table_csv(release, table) for table in release.tables},
        OBSERVED: observed_toml(release).encode("utf-8"),
        RULES_FILE: release.rules_file,
        SUMMARY: _summary(release).encode("utf-8"),
    }


def _summary(release: Release) -> str:
    period = release.period
    return (
        f'period = "{period.code}"\nfirst_day = {period.first_day}\nlast_day = {period.last_day}\n'
        f'published_on = {release.published_on}\nversion = "{release.version}"\ndemo = {str(release.is_demo).lower()}\n'
    )


def zipped(files: dict[str, bytes]) -> bytes:
    """The files as one archive, without the hour at which it was made."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
