"""What a store holds, in French, for ``relais info`` and the page Registre."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from analytics.domain.content import Content
from analytics.domain.data import CONTENT
from analytics.domain.french import count, day, listing, number
from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.timezone import TIMEZONE
from analytics.domain.vocabulary import OFFICES
from analytics.store import Snapshot

WAITS = (
    "Un dossier ouvert garde son attente, du signalement à l’extrait : elle redonne le jour et l’heure de son signalement. "
    "Clôturé, il garde une attente arrondie, qui redonne à peu près le jour, jusqu’à trente jours et vingt jours d’école "
    "après le signalement ; ensuite, rien ne redonne que la semaine. Les importations gardées pour revenir en arrière "
    "disent ce qu’elles disaient."
)


def caption(records: Snapshot, selection: Selection = EVERYTHING) -> str:
    """What figures are about, in one line: fictitious or real, as of when, which cases."""
    of = "Données fictives" if records.is_demo else "Registre du service"
    return f"{of} · situation au {day(records.as_of)} · {selection.description}"


def inventory(snapshot: Snapshot) -> list[str]:
    """Sentences: fictitious or real, as of when, school years, cases, schools, key, risk, what waits tell, data files."""
    sizes, imports = snapshot.sizes(), snapshot.imports()
    lines = [
        "Données fictives." if snapshot.is_demo else "Données internes, tirées d’un registre réel.",
        f"Situation au {day(snapshot.as_of)}.",
        f"Années scolaires : {listing(snapshot.choices().school_years) or 'aucune'}.",
        f"Dossiers : {number(sizes['n_cases'])}, dont {number(sizes['n_open'])} en cours.",
        f"Écoles : {number(sizes['n_schools'])}.",
        f"Clé des pseudonymes : {imports[-1]['key_id']}.",
        snapshot.residual_risk().sentence,
        WAITS,
    ]
    if len(OFFICES) > 1:
        last = {made["office"]: place for place, made in enumerate(imports)}
        days = [
            f"{OFFICES.labels.get(one, one)} au {day(imports[last[one]]['as_of'])}"
            for one in sorted(last, key=last.__getitem__)
        ]
        lines.insert(2, f"Derniers extraits des bureaux : {listing(days)}.")
    lines.append(data_files(CONTENT))
    if snapshot.is_fallback:
        lines.insert(0, "La version la plus récente est endommagée : la version précédente est lue à sa place.")
    return lines


def data_files(content: Content) -> str:
    """Which data files come from the service's own folder, and which are the shipped ones."""
    if not content.own_files:
        return "Mots, protocole et calendrier : ceux qui sont livrés avec Relais."
    own = listing(content.own_files)
    return f"De votre dossier (RELAIS_DATA) : {own}. Les autres fichiers de mots et de règles : livrés avec Relais."


def history(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The imports that are part of the records, the last first, under French headings and ready to show.

    The account that imported stands beside it where there are accounts.
    """
    imports = snapshot.imports()[::-1]
    has_accounts = any(made["imported_by"] for made in imports)
    counts = {
        "Lues": "n_read",
        "Acceptées": "n_accepted",
        "Refusées": "n_refused",
        "Nouveaux": "n_new",
        "Modifiés": "n_changed",
        "Inchangés": "n_unchanged",
        "Absents": "n_missing",
    }
    return [
        {
            "Importé le": f"{made['imported_at'].replace(tzinfo=UTC).astimezone(ZoneInfo(TIMEZONE)):%d/%m/%Y %H:%M}",
            "Situation au": day(made["as_of"]),
            "Données": {"demo": "fictives", "register": "registre"}[made["source"]],
            **({"Bureau": OFFICES.labels.get(made["office"])} if len(OFFICES) > 1 else {}),
            **({"Par": made["imported_by"] or "–"} if has_accounts else {}),
            **{heading: made[column] for heading, column in counts.items()},
        }
        for made in imports
    ]


def history_sentences(imports: list[dict[str, Any]]) -> list[str]:
    """:func:`history` as sentences, for a terminal."""
    return [
        f"{', '.join(filter(None, (made['Importé le'], made.get('Bureau'))))} : situation au {made['Situation au']}, "
        f"{count(made['Lues'], 'ligne lue', 'lignes lues')}, {count(made['Refusées'], 'refusée')}, "
        f"{count(made['Nouveaux'], 'nouveau dossier', 'nouveaux dossiers')}, {count(made['Modifiés'], 'modifié')}."
        for made in imports
    ]
