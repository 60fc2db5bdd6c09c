"""The four figures of the Vue d'ensemble, each with what it counts and where it leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd

from analytics.domain.french import count, day, listing, number
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, STEPS
from analytics.measures import incidents, relays, schools
from analytics.store import Snapshot
from pages import _widgets
from pages._widgets import Indicator, Link
from pages.incidents import parts as _incident_parts

SHOWN_SCHOOLS = 2


def new_cases(snapshot: Snapshot, previous: Snapshot | None, selection: Selection, n_cases: int) -> Indicator:
    """What the register holds more than at the extraction before."""
    last = snapshot.table("imports").iloc[-1]
    refused = f"{count(last['n_refused'], 'ligne refusée', 'lignes refusées')} au dernier import"
    if previous is None:
        return Indicator(
            "Dossiers au registre",
            number(n_cases),
            note="Premier extrait : dès le suivant, ce qui est nouveau se verra ici.",
            counts="Les dossiers du registre qui répondent aux filtres.",
            numerator=count(n_cases, "dossier"),
            denominator="sans objet : c’est un nombre",
            left_out=refused,
            links=(Link("Voir les types", "incidents", _widgets.address(selection)),),
        )
    n_before = int(previous.case_counts(selection)["n"].iloc[0])
    moved = incidents.change(
        snapshot.incident_counts(selection), previous.incident_counts(selection), "incident_type", list(INCIDENT_TYPES)
    )
    more = moved[moved["difference"] > 0].head(2)
    words = listing(
        [
            f"{INCIDENT_TYPES.label(code)} +{n}"
            for code, n in zip(more["incident_type"], more["difference"], strict=True)
        ],
        "et",
    )
    since = previous.as_of - timedelta(days=previous.as_of.weekday())
    return Indicator(
        f"Nouveau depuis l’extrait du {day(previous.as_of)}",
        f"{n_cases - n_before:+d}".replace("+0", "0") + (" dossier" if abs(n_cases - n_before) < 2 else " dossiers"),
        note=words or "aucun type ne progresse",
        counts="La différence entre les deux derniers extraits, avec les mêmes filtres. Un dossier corrigé peut changer de type.",
        numerator=f"{count(n_cases, 'dossier')} à cet extrait",
        denominator=f"{count(n_before, 'dossier')} à l’extrait précédent",
        left_out=refused,
        links=(
            Link(
                "Voir ces semaines",
                "incidents",
                _widgets.address(replace(selection, first_week=max(since, selection.first_week or since))),
            ),
        ),
    )


def overdue_steps(snapshot: Snapshot, selection: Selection) -> Indicator:
    """What waits beyond its deadline in open cases."""
    answer = relays.deadline_status(snapshot.step_counts("deadline", selection, ["danger"]), ["danger"])
    n_overdue, n_waiting = int(answer["n_overdue"].sum()), int(answer["n_waiting"].sum())
    n_of_others = relays.without_danger(answer)["n_overdue"].sum()
    oldest = relays.overdue_list(snapshot.overdue(selection, most=1))
    parts = [f"dont {number(n_overdue - n_of_others)} où la vie est menacée"] if n_overdue else []
    if len(oldest):
        first = oldest.iloc[0]
        parts.append(f"la plus ancienne, {STEPS[first['step']].label}, attend depuis {first['waited']}")
    return Indicator(
        "Hors délai, dossiers ouverts",
        count(n_overdue, "étape"),
        note=" ; ".join(parts),
        counts="Les étapes que des dossiers ouverts attendent au-delà du délai de l’école, sinon de celui du service. Une "
        "menace pour la vie se juge en heures.",
        numerator=count(n_overdue, "étape"),
        denominator=f"{count(n_overdue + n_waiting, 'étape attendue', 'étapes attendues')} avec un délai",
        left_out="les étapes sans objet, non notées ou sans délai",
        links=(Link("Voir qui attend", "relays", _widgets.address(selection, question="Délais et retards")),),
    )


def beyond_chance(snapshot: Snapshot, selection: Selection, counts: pd.DataFrame) -> Indicator:
    """Whether the weekly reports say more than chance, in the last weeks that are over."""
    points = _incident_parts.weekly_chart(snapshot, selection, counts)
    recent = incidents.recent_signals(points)
    n_whole = int((~points["provisional"].astype(bool)).sum())
    if unjudged := _incident_parts.why_unjudged(points):
        value, note = "Pas assez de données", unjudged
    elif recent.empty:
        value, note = "Rien", "Dans les quatre dernières semaines d’école, le hasard suffit."
    else:
        value = "En hausse" if recent["rises"].iloc[0] else "En baisse"
        note = _incident_parts.signal_words(recent.iloc[0]).capitalize()
    return Indicator(
        "Au-delà du hasard",
        value,
        note=note,
        counts="Les signalements de chaque semaine d’école, comparés à ce que leur propre histoire laisse au hasard. La semaine "
        "en cours n’est jamais jugée. Même quand rien ne change, un signal se montre cinq à dix fois sur cent.",
        numerator=f"{count(len(recent), 'semaine')} avec un signal, sur les quatre dernières",
        denominator=f"{count(n_whole, 'semaine entière', 'semaines entières')} d’école",
        left_out="les semaines de congé et la semaine en cours",
        links=(Link("Voir les semaines", "incidents", _widgets.address(selection, sujet="Quand")),),
    )


def where_to_look(snapshot: Snapshot, selection: Selection) -> Indicator:
    """The schools beyond what chance and their size explain."""
    rated = schools.rates(schools.teaching(snapshot.school_counts(selection), selection.school_levels))
    beyond = schools.outliers(rated)
    beyond = beyond[beyond["flag"] == "above_998"]
    links = [
        Link(name, "school", _widgets.address(selection, ecole=_widgets.school_label(name, school_id)))
        for name, school_id in zip(beyond["name"].head(SHOWN_SCHOOLS), beyond["school_id"], strict=False)
    ]
    n_silent = int((rated["n"] == 0).sum())
    return Indicator(
        "Où regarder",
        count(len(beyond), "école") if len(beyond) else "Aucune école",
        note="Plus de dossiers que leur taille et le hasard ne l’expliquent."
        if len(beyond)
        else "Sans le nombre d’élèves, les écoles ne se comparent pas."
        if rated["rate"].isna().all()
        else f"Aucune n’est à part des autres. {count(n_silent, 'école')} sans dossier.",
        counts="Les écoles au-dessus de la limite à 99,8 % de l’entonnoir, élargie si les écoles diffèrent entre elles ; la plus "
        "élevée au taux prudent d’abord.",
        numerator=count(len(beyond), "école"),
        denominator=count(int(rated["rate"].notna().sum()), "école"),
        left_out=f"{count(int(rated['rate'].isna().sum()), 'école')} dont le nombre d’élèves manque",
        links=(*links, Link("Voir les écoles", "schools", _widgets.address(selection))),
    )
