"""What was let out and when, with its files, rules and certificate."""

import streamlit as st

from analytics.disclosure.release_records import Record
from analytics.documents.publication import zipped
from analytics.domain.french import day
from analytics.domain.timezone import now
from analytics.workflows.publishing import releases
from analytics.workflows.reporting import annual_report, report_file
from pages import _data
from pages._widgets import Context, offer_file, text


def show(context: Context) -> None:
    """Every release of the store, the last first."""
    found = releases(_data.store(), context.snapshot)
    if not found:
        text.info("Rien n’est encore sorti par ici.", "inventory_2")
    for entry in found:
        with st.expander(f"{entry.period} · publiée le {day(entry.published_on)} · version {entry.version}"):
            for heading in ("Règles", "Méthode", "Certificat"):
                text.paragraph(f"**{heading}.** {entry.publication.about[heading]}")
            offer_release(entry, context)


def offer_release(entry: Record, context: Context) -> None:
    """The files of a release as one archive, the same bytes at any time, and the report on it."""
    name = f"publication-{entry.period}.zip"
    with st.container(horizontal=True):
        label, key = "Télécharger les fichiers (ZIP)", f"publier_{entry.period}"
        offer_file(label, lambda: zipped(entry.files), name, key, act="publication")
        offer_report(entry.period, context)


def offer_report(period: str, context: Context, *, internal: bool = False) -> None:
    """The report on a period, to edit and to print: of what is released or, ``internal``, of the exact figures."""
    store = _data.store()
    for suffix, form in ((".docx", "Word"), (".pdf", "PDF")):

        def content(suffix: str = suffix) -> bytes:
            today = now().date()
            return report_file(annual_report(store, context.snapshot, period, today, internal=internal), suffix)

        label = f"Rapport interne ({form})" if internal else f"Rapport ({form})"
        name = f"rapport-{'interne-' if internal else ''}{period}{suffix}"
        offer_file(label, content, name, f"rapport_{period}_{form}_{internal}", act="publication")
