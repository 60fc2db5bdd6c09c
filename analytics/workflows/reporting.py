"""The annual report of a service: from what is released, or for the service itself from the exact figures."""

from __future__ import annotations

from datetime import date

from analytics.disclosure.catalogue import load_catalogue
from analytics.disclosure.counting import count_tables
from analytics.disclosure.frames import about_release
from analytics.disclosure.release import protected_table
from analytics.documents.mark import MARK
from analytics.documents.report import Report, written_report
from analytics.domain.errors import RefusedError
from analytics.domain.french import day
from analytics.store import Snapshot, Store
from analytics.workflows.publishing import already_published

EXACT = (
    "Ces chiffres sont exacts : aucun petit nombre n’est retenu. Ils sont faits pour le service, et ne sortent pas. Un "
    "dossier compte une fois pour chacun de ses types d’incident. Clôturé sans un relais, il compte comme « pas fait »."
)


def annual_report(store: Store, snapshot: Snapshot, code: str, today: date, *, internal: bool) -> Report:
    """The report on a period. RefusedError when it is not published, unless it is ``internal``."""
    catalogue = load_catalogue()
    period = catalogue.period(code)
    fictitious = "données fictives" if snapshot.is_demo else ""
    if internal:
        tables = tuple(
            protected_table(counts, period, dict.fromkeys(counts.places(), False), {}, catalogue.rules)
            for counts in count_tables(snapshot, catalogue, period)
        )
        about = {"Période": period.description, "Données": f"au {day(snapshot.as_of)}", "Méthode": EXACT}
        mark = " · ".join(filter(None, [MARK, fictitious]))
        return written_report(period.label, mark, today, tables, (), about)
    released = already_published(store, snapshot, period)
    if released is None:
        raise RefusedError(
            f"Le rapport part de ce qui est publié, et {period.code} ne l’est pas encore : publiez d’abord cette période "
            "(relais publish, ou la page Publier), ou ajoutez --internal pour vous seuls."
        )
    publication = released.publication
    known = {table.title: table for table in publication.tables}
    titles = [table.title for table in load_catalogue(released.rules_file).tables]
    tables = [known[title] for title in titles if title in known]
    refused = [title for title in titles if title not in known]
    return written_report(period.label, fictitious, today, tables, refused, about_release(publication))


def report_file(report: Report, suffix: str) -> bytes:
    """The report as ``.pdf`` or ``.docx``."""
    if suffix == ".pdf":
        from analytics.documents.report_pdf import report_pdf

        return report_pdf(report)
    from analytics.documents.report_docx import report_docx

    return report_docx(report)
