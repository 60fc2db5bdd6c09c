"""The French text of a publication: what it covers, by which rules, how to read a cell. Before its typography."""

from __future__ import annotations

from analytics.disclosure.catalogue import Rules
from analytics.disclosure.published import SUPPRESSED, Cell, Table
from analytics.disclosure.release import Release
from analytics.domain.french import day, number, percent

COUNTED = {
    "incidents": "Incidents : un dossier compte une fois pour chacun de ses types. La somme des types dépasse donc le "
    "nombre de dossiers.",
    "relays": "Dossiers où le relais s’applique, est noté et a eu tout son délai pour être activé. Un dossier clôturé sans "
    "lui compte comme « pas fait ».",
    "schools": "Écoles suivies par le service, selon leur nombre de dossiers dans la période.",
}


def about(release: Release, table: Table | None = None) -> list[tuple[str, str]]:
    """What stands on the first page of every file, as headings and sentences; above a ``table``, what it counts too."""
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
        ("Règles", describe_rules(release)),
        ("Méthode", describe_method(release)),
        ("Certificat", certificate(release)),
    ]


def describe_rules(release: Release) -> str:
    """When a number of ``release`` is suppressed or a table refused."""
    if release.is_rounded:
        return (
            "Version arrondie : chaque nombre est remplacé par le milieu de son groupe de six (1 à 6 devient 3, 7 à 12 "
            "devient 9, 0 reste 0). Les totaux sont la somme des nombres arrondis."
        )
    return describe_suppression(release.rules)


def describe_suppression(rules: Rules) -> str:
    """When a number is suppressed, a table refused and a share given."""
    return (
        f"Un nombre de 1 à {rules.threshold - 1} n’est pas montré : il est « {SUPPRESSED} ». Un nombre l’est aussi quand "
        f"une école qui en retire ses propres dossiers en laisserait moins de {rules.school_threshold}, ou quand il "
        f"permettrait d’en recalculer un autre. Un nombre retenu vaut au moins 1 ; un 0 est un vrai 0. Un tableau qui "
        f"serait retenu à plus de {percent(rules.refused_above)} n’est pas publié. Une part n’est donnée qu’à partir de "
        f"{rules.share_from} dossiers, arrondie par pas de {percent(rules.share_step)}."
    )


def describe_method(release: Release) -> str:
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
    """What the disclosure audit attacked and what came out, in one sentence."""
    if release.is_rounded:
        return "Version arrondie, sans certificat."
    n_suppressed = sum(cell.value is None for table in release.tables for cell in table.cells.values())
    past = f" et avec {release.n_past} publication(s) précédente(s)" if release.n_past else ""
    return (
        f"Attaque de {len(release.tables)} tableaux ensemble{past}, d’abord comme n’importe qui, puis comme chacune des "
        f"{release.n_schools} écoles : parmi les {n_suppressed} nombres retenus, aucun petit nombre ne peut être retrouvé "
        "ni serré de trop près."
    )


def explain_refusal(title: str) -> str:
    """Why a table is not there, and what to do."""
    return (
        f"« {title} » n’est pas publié : une trop grande partie en serait retenue. Regroupez des catégories dans "
        "data/publications.toml, ou publiez une période plus longue."
    )


def format_cell(cell: Cell) -> str:
    """The number, or the mark of a suppressed cell with the interval that anyone can compute."""
    if cell.value is not None:
        return number(cell.value)
    return f"{SUPPRESSED} ({format_interval(cell)})"


def format_interval(cell: Cell) -> str:
    """``de 1 à 8``, or ``au moins 3`` where it is unbounded."""
    return f"au moins {cell.lower}" if cell.upper is None else f"de {cell.lower} à {cell.upper}"
