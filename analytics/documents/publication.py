"""The words of a publication: what it covers, by which rules, and how to read it. French, before its typography."""

from __future__ import annotations

from analytics.disclosure.catalogue import Rules
from analytics.disclosure.published import TOTAL
from analytics.disclosure.release import Cell, Release, Table
from analytics.domain.french import day, number, percent

COUNTED = {
    "incidents": "Incidents : un dossier compte une fois pour chacun de ses types. La somme des types dépasse donc le "
    "nombre de dossiers.",
    "relays": "Dossiers où le relais s’applique, est noté et a eu tout son délai pour être activé. Un dossier clôturé sans "
    "lui compte comme « pas fait ».",
    "schools": "Écoles suivies par le service, selon leur nombre de dossiers dans la période.",
}
UNITS = {"incidents": "incidents", "relays": "dossiers", "schools": "écoles"}
WITHHELD_WORD = "retenu"


def about(release: Release, table: Table | None = None) -> list[tuple[str, str]]:
    """What stands on the first page of every file, as headings and sentences."""
    lines = [
        ("Période", release.period.description),
        ("Publié le", f"{day(release.published_on)}, d’après les données au {day(release.as_of)}"),
    ]
    if release.is_demo:
        lines.append(("Attention", "Données fictives, pour essayer. Aucun dossier réel."))
    if table is not None:
        lines.append(("Ce qui est compté", COUNTED[table.unit]))
    return [
        *lines,
        ("Règles", rules_words(release)),
        ("Méthode", method_words(release)),
        ("Certificat", certificate(release)),
    ]


def rules_words(release: Release) -> str:
    """When a number of ``release`` is withheld or a table refused."""
    if release.is_rounded:
        return (
            "Version arrondie : chaque nombre est remplacé par le milieu de son groupe de six (1 à 6 devient 3, 7 à 12 "
            "devient 9, 0 reste 0). Les totaux sont la somme des nombres arrondis."
        )
    return withholding_words(release.rules)


def withholding_words(rules: Rules) -> str:
    """When a number is withheld, a table refused and a share given."""
    return (
        f"Un nombre de 1 à {rules.threshold - 1} n’est pas montré : il est « {WITHHELD_WORD} ». Un nombre l’est aussi quand "
        f"une école qui en retire ses propres dossiers en laisserait moins de {rules.school_threshold}, ou quand il "
        f"permettrait d’en recalculer un autre. Un nombre retenu vaut au moins 1 ; un 0 est un vrai 0. Un tableau qui "
        f"serait retenu à plus de {percent(rules.refused_above)} n’est pas publié. Une part n’est donnée qu’à partir de "
        f"{rules.share_from} dossiers, arrondie par pas de {percent(rules.share_step)}."
    )


def method_words(release: Release) -> str:
    """How the numbers were protected, in three sentences."""
    if release.is_rounded:
        return (
            "La version exacte n’a pas pu être prouvée sûre : cette version la remplace. L’arrondi limite ce que l’on peut "
            "déduire, sans la preuve qui accompagne la version protégée."
        )
    return (
        "Tous les tableaux et les publications précédentes de la période forment un seul système. Les nombres retenus sont "
        "le plus petit ensemble trouvé qui laisse à chaque petit nombre la place d’être au moins "
        f"{release.rules.threshold - 1} de plus que sa vraie valeur. Un second programme, qui ne partage rien avec le "
        "premier, a ensuite attaqué les fichiers publiés."
    )


def certificate(release: Release) -> str:
    """What was attacked and what came out, in one sentence."""
    if release.is_rounded:
        return "Version arrondie, sans certificat."
    n_withheld = sum(cell.value is None for table in release.tables for cell in table.cells)
    past = f" et avec {release.n_past} publication(s) précédente(s)" if release.n_past else ""
    return (
        f"Attaque de {len(release.tables)} tableaux ensemble{past}, d’abord comme n’importe qui, puis comme chacune des "
        f"{release.n_schools} écoles : parmi les {n_withheld} nombres retenus, aucun petit nombre ne peut être retrouvé "
        "ni serré de trop près."
    )


def refusal_words(title: str) -> str:
    """Why a table is not there, and what to do."""
    return (
        f"« {title} » n’est pas publié : une trop grande partie en serait retenue. Regroupez des catégories dans "
        "data/publications.toml, ou publiez une période plus longue."
    )


def cell_words(cell: Cell) -> str:
    """A cell as it is read: the number, or the mark with what anyone could compute."""
    if cell.value is not None:
        return number(cell.value)
    return f"{WITHHELD_WORD} ({interval_words(cell)})"


def interval_words(cell: Cell) -> str:
    """``de 1 à 8``, or ``au moins 3`` where nothing limits it."""
    return f"au moins {cell.lower}" if cell.upper is None else f"de {cell.lower} à {cell.upper}"


def grid(table: Table) -> tuple[list[str], list[tuple[tuple[str, ...], list[Cell], float | None]]]:
    """A table as a page shows it: its headings, then for each row its labels, its cells along the last dimension, and the
    share in time (None where none is given). A last heading stands for the share where the table has any.
    """
    cells = table.by_labels
    columns = table.labels(len(table.headings) - 1)
    shares = any(cell.share is not None for cell in table.cells)
    rows = []
    for labels in dict.fromkeys(labels[:-1] for labels in cells):
        row = [cells[(*labels, column)] for column in columns]
        rows.append((labels, row, next((cell.share for cell in row if cell.share is not None), None)))
    return [*table.headings[:-1], *columns, *(["Part dans le délai"] if shares else [])], rows


def charted(release: Release) -> list[tuple[Table, str, list[Cell], list[str]]]:
    """What to draw of each table: the heading, the cells and their labels along the first dimension not drawn before.

    Of the relays, the share in time of all levels together.
    """
    drawn: set[str] = set()
    charts = []
    for table in release.tables:
        shares = [cell for cell in table.cells if cell.share is not None and TOTAL in cell.labels]
        if table.unit == "relays":
            charts.append((table, "Part dans le délai", shares, [cell.labels[0] for cell in shares]))
            continue
        axis = next((axis for axis, heading in enumerate(table.headings) if heading not in drawn), 0)
        drawn.add(table.headings[axis])
        cells = [
            cell
            for cell in table.cells
            if cell.labels[axis] != TOTAL and all(label == TOTAL for at, label in enumerate(cell.labels) if at != axis)
        ]
        charts.append((table, table.headings[axis], cells, [cell.labels[axis] for cell in cells]))
    return charts
