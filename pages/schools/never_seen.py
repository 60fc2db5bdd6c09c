"""The schools that have never been in the register."""

from analytics.domain.french import count
from pages._widgets import columns, fold_table, remembered, text
from pages.schools.rated import RatedSchools


@remembered
def show(context: RatedSchools) -> None:
    text.header("Jamais vues au registre")
    if context.never_seen.empty:
        text.paragraph("Chaque école a au moins un dossier depuis le début du registre.")
        return
    text.paragraph(
        f"{count(len(context.never_seen), 'école')} sans aucun dossier depuis le début du registre. Ne rien signaler n’est pas "
        "être à l’abri : un appel suffit souvent pour savoir si l’on connaît le service."
    )
    shown = columns("name", "school_network", "zone", "n_pupils")
    fold_table("Voir la liste, par ordre alphabétique", context.never_seen, shown, "never-seen")
