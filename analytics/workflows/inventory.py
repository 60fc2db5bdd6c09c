"""What a store holds, in French, for ``relais info`` and the page Registre."""

from __future__ import annotations

import pandas as pd

from analytics.domain.content import Content
from analytics.domain.data import CONTENT
from analytics.domain.french import count, day, listing, number
from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.timezone import TIMEZONE
from analytics.domain.vocabulary import OFFICES
from analytics.intake.previewing import risk_sentence
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
    by_status = snapshot.case_counts(by=("status",)).set_index("status")["n"]
    key = snapshot.table("imports")["key_id"].iloc[-1]
    lines = [
        "Données fictives." if snapshot.is_demo else "Données internes, tirées d’un registre réel.",
        f"Situation au {day(snapshot.as_of)}.",
        f"Années scolaires : {listing(list(snapshot.choices()['school_years'].iloc[0])) or 'aucune'}.",
        f"Dossiers : {number(by_status.sum())}, dont {number(by_status.get('open', 0))} en cours.",
        f"Écoles : {number(len(snapshot.table('schools')))}.",
        f"Clé des pseudonymes : {key}.",
        risk_sentence(snapshot.residual_risk()),
        WAITS,
    ]
    if len(OFFICES) > 1:
        last = snapshot.table("imports").drop_duplicates("office", keep="last")[["office", "as_of"]]
        days = [f"{OFFICES.labels.get(one, one)} au {day(as_of)}" for one, as_of in last.itertuples(index=False)]
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


def history(snapshot: Snapshot) -> pd.DataFrame:
    """The imports that are part of the records, the last first, under French headings and ready to show.

    The account that imported stands beside it where there are accounts.
    """
    imports = snapshot.table("imports").sort_values("imported_at", ascending=False)
    moments = imports["imported_at"].dt.tz_convert(TIMEZONE)
    counts = {
        "Lues": "n_read",
        "Acceptées": "n_accepted",
        "Refusées": "n_refused",
        "Nouveaux": "n_new",
        "Modifiés": "n_changed",
        "Inchangés": "n_unchanged",
        "Absents": "n_missing",
    }
    return pd.DataFrame(
        {
            "Importé le": moments.dt.strftime("%d/%m/%Y %H:%M"),
            "Situation au": imports["as_of"].dt.strftime("%d/%m/%Y"),
            "Données": imports["source"].map({"demo": "fictives", "register": "registre"}),
            **({"Bureau": imports["office"].map(OFFICES.labels)} if len(OFFICES) > 1 else {}),
            **({"Par": imports["imported_by"].fillna("–")} if imports["imported_by"].notna().any() else {}),
            **{heading: imports[column] for heading, column in counts.items()},
        }
    ).reset_index(drop=True)


def history_sentences(imports: pd.DataFrame) -> list[str]:
    """:func:`history` as sentences, for a terminal."""
    return [
        f"{moment}{office and f', {office}'} : situation au {as_of}, {count(read, 'ligne lue', 'lignes lues')}, "
        f"{count(refused, 'refusée')}, {count(new, 'nouveau dossier', 'nouveaux dossiers')}, {count(changed, 'modifié')}."
        for moment, office, as_of, read, refused, new, changed in imports.reindex(
            columns=["Importé le", "Bureau", "Situation au", "Lues", "Refusées", "Nouveaux", "Modifiés"], fill_value=""
        ).itertuples(index=False)
    ]
