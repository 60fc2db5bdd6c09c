"""What was let out and when, with its files, rules and certificate."""

import streamlit as st

from analytics.disclosure.release_records import Record
from analytics.documents.publication import zipped
from analytics.domain.french import day
from analytics.workflows.publishing import releases
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
            offer_release(entry)


def offer_release(entry: Record) -> None:
    """The files of a release as one archive: the same bytes at any time."""
    name = f"publication-{entry.period}.zip"
    offer_file("Télécharger les fichiers (ZIP)", lambda: zipped(entry.files), name, f"publier_{entry.period}")
