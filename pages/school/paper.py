"""The school on one A4, for a meeting with it."""

from analytics.domain.timezone import now
from analytics.workflows.one_school import OneSchool
from pages import _data
from pages._widgets import offer_file


def show(context: OneSchool) -> None:
    store = _data.store()

    def content() -> bytes:
        from analytics.workflows.publishing import releases  # slow to import, and rarely clicked
        from analytics.workflows.school_sheet import written_sheet

        published = releases(store, context.snapshot) if context.is_alone else ()
        return written_sheet(context, now().date(), published)

    name = f"interne-ecole-{context.school['school_id']}.pdf"
    offer_file("Fiche sur une page (PDF), interne", content, name, "school-sheet", act="school_sheet")
