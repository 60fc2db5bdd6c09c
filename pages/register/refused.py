"""The refused rows, row by row, and the workbook to correct them, made when it is asked for and kept nowhere."""

from analytics.domain.french import typeset
from analytics.workflows import import_sentences as sentences
from analytics.workflows.importing import Import
from pages._widgets import offer_file, text


def show(done: Import) -> None:
    from analytics.intake.correcting import refused_workbook

    for title, rows in sentences.fault_lists(done.extract):
        text.paragraph(f"**{title}**")
        shown = rows.head(sentences.MAX_LISTED).rename(columns={"row": "Ligne", "reasons": "Pourquoi"})
        text.plain_table(shown, typeset(title))
        if more := sentences.not_listed(rows):
            text.caption(more)
    if not done.extract.n_refused:
        return
    label = "Télécharger les lignes refusées, à corriger"
    offer_file(
        label, lambda: refused_workbook(done.extract), "lignes-a-corriger.xlsx", "registre_refusees", act="names"
    )
    text.caption(
        "Ce classeur contient des noms : corrigez-le, importez-le ici, puis supprimez-le. "
        "Relais le fait au moment du clic et l’oublie dès que vous avez terminé."
    )
