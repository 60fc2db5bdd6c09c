"""Every file of a publication, by name. The same release always gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import tomli_w

from analytics.disclosure.publication_csv import table_csv
from analytics.disclosure.published import RULES_FILE, TOTAL
from analytics.disclosure.release import Release
from analytics.disclosure.release_records import SUMMARY, summary_toml
from analytics.documents.publication_html import publication_html
from analytics.documents.publication_pdf import publication_pdf
from analytics.documents.publication_xlsx import publication_xlsx
from analytics.domain.errors import RefusedError
from analytics.domain.french import percent
from analytics.domain.vocabulary import RELAYS, STEPS

OBSERVED = "observed.toml"
MAX_UNPACKED = 50_000_000  # bytes; a release has less than a million


def publication_files(release: Release) -> dict[str, bytes]:
    """An HTML report, a workbook, a PDF, a CSV for each table, the figures for the protocol page, the rules, a summary."""
    return {
        "publication.html": publication_html(release).encode("utf-8"),
        "publication.xlsx": publication_xlsx(release),
        "publication.pdf": publication_pdf(release),
        **{f"{table.code}.csv": table_csv(release, table) for table in release.tables},
        OBSERVED: _observed_toml(release).encode("utf-8"),
        RULES_FILE: release.rules_file,
        SUMMARY: summary_toml(release).encode("utf-8"),
    }


def _observed_toml(release: Release) -> str:
    """``data/observed.toml``: a sentence for each relay whose share is published, which the protocol page can show."""
    fictitious = " (données fictives)" if release.is_demo else ""
    relays = {STEPS[code].label: code for code in RELAYS}
    observed = [
        {
            "step": relays[labels[0]],
            "sentence": f"Fait dans le délai dans environ {percent(cell.share)} des dossiers, "
            f"{release.period.label}{fictitious}.",
        }
        for table in release.tables
        if table.code == "relays_by_level"
        for labels, cell in table.cells.items()
        if cell.share is not None and labels[1] == TOTAL and labels[0] in relays
    ]
    return (
        "# Chiffres observés, tirés de la publication. Copiez ce fichier dans data/ pour les montrer à côté du protocole.\n"
        + tomli_w.dumps({"observed": observed})
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as one archive, without the time at which it was made."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    """The files of :func:`zipped`; RefusedError when ``archive`` is none, or far larger than one of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            if sum(entry.file_size for entry in opened.infolist()) > MAX_UNPACKED:
                raise RefusedError("Cette archive est trop grande pour une publication.")
            return {name: opened.read(name) for name in opened.namelist()}
    except zipfile.BadZipFile:
        raise RefusedError("Ce fichier n’est pas une archive ZIP.") from None
