"""The questions of the page Types d'incidents, each: measure, draw, explain."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.charts import incidents as charts
from analytics.charts.signals import SIGNAL_WORDS, control_chart
from analytics.domain.french import count, day, listing, number, percent, typeset
from analytics.domain.school_calendar import breaks, calendar
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import CHANNELS, DANGER_TYPES, INCIDENT_TYPES, REPORTERS, SCHOOL_LEVELS, Vocabulary
from analytics.measures import incidents, signals
from analytics.store import Snapshot
from pages import _widgets

_LABELS = INCIDENT_TYPES.labels
_SHARES = {"n": "Dossiers", "share": "Part", "lower": "Bas (95 %)", "upper": "Haut (95 %)"}
_CROSSED: dict[str, tuple[str, Vocabulary]] = {
    "Niveau": ("school_level", SCHOOL_LEVELS),
    "Canal": ("channel", CHANNELS),
    "Qui signale": ("reporter", REPORTERS),
}


def what(snapshot: Snapshot, selection: Selection, n_cases: int) -> None:
    """Each type with its share, how many cases have several, and which go together."""
    types = incidents.shares(snapshot.incident_counts(selection), "incident_type", n_cases, list(INCIDENT_TYPES))
    several = incidents.several_types(snapshot.type_numbers(selection)).iloc[0]
    first = types.iloc[0]
    st.header("Ce qui arrive")
    _widgets.chart(
        charts.share_bars(types, "incident_type", _LABELS),
        key="types",
        alt=f"Le plus fréquent : {_LABELS[first['incident_type']]}, {count(first['n'], 'dossier')} sur {number(n_cases)}, "
        f"soit {percent(first['share'])}.",
        read="chaque barre est la part des dossiers où ce type est noté ; le trait gris dit ce que le hasard laisse d’incertain. "
        + _sum_words(several, n_cases)
        + " En orange, ce qui menace la vie.",
        act="partez du type le plus fréquent pour choisir le thème d’une animation, et de l’orange pour revoir la procédure d’urgence.",
        table=types.assign(label=types["incident_type"].map(_LABELS)),
        columns={"label": "Type d’incident", **_SHARES},
    )

    st.header("Ce qui va ensemble")
    pairs = incidents.co_occurrence(snapshot.type_pairs(selection), n_cases, list(INCIDENT_TYPES))
    if pairs.empty:
        st.info("Aucun dossier choisi n’a plusieurs types d’incidents.", icon=":material/info:")
        return
    first = pairs.iloc[0]
    _widgets.chart(
        charts.pair_bars(pairs, _LABELS),
        key="pairs",
        alt=f"Les deux types le plus souvent notés ensemble : {_LABELS[first['incident_type']]} et {_LABELS[first['other_type']]}, "
        f"{count(first['n'], 'dossier')}.",
        read=f"{_with_several(several)} sur {number(n_cases)} ({percent(several['share'])}). Chaque barre est la "
        "part de tous les dossiers où deux types sont notés ensemble ; les dix paires les plus fréquentes.",
        act="une paire fréquente se traite d’un seul tenant : le même dossier demande alors deux réponses, prévues ensemble.",
        table=pairs.assign(label=pairs["incident_type"].map(_LABELS), other=pairs["other_type"].map(_LABELS)),
        columns={"label": "Type d’incident", "other": "Avec", **_SHARES},
    )


def _sum_words(several: pd.Series, n_cases: int) -> str:
    if not several["n"]:
        return "Chaque dossier choisi a un seul type : la somme fait 100 %."
    return (
        f"{_with_several(several)} : {number(several['n_types'])} types notés pour {count(n_cases, 'dossier')}, la somme dépasse "
        f"100 % ({percent(several['n_types'] / n_cases)})."
    )


def _with_several(several: pd.Series) -> str:
    return count(several["n"], "dossier a plusieurs types", "dossiers ont plusieurs types")


def whom(snapshot: Snapshot, selection: Selection, n_cases: int) -> None:
    """The cases by level, channel or reporter, and the types among the cases of each."""
    chosen = _widgets.one_of("Selon", "selon", {name: name for name in _CROSSED})
    column, vocabulary = _CROSSED[chosen]
    totals = snapshot.case_counts(selection, [column])
    parts = incidents.shares(totals, column, n_cases, list(vocabulary))
    first = parts.iloc[0]
    st.header(f"Les dossiers : {chosen.lower()}")
    _widgets.chart(
        charts.share_bars(parts, column, vocabulary.labels),
        key=f"parts-{column}",
        alt=f"Le plus fréquent : {vocabulary.label(first[column])}, {percent(first['share'])} des dossiers.",
        read="chaque dossier compte une fois : les barres font ensemble 100 %. Le trait gris dit ce que le hasard laisse "
        "d’incertain.",
        act=_ACTS[column],
        table=parts.assign(label=parts[column].map(vocabulary.labels)),
        columns={"label": chosen, **_SHARES},
    )

    st.header("Les types d’incidents de chacun")
    crossed = incidents.cross_tabulate(
        snapshot.incident_counts(selection, [column]), "incident_type", column, totals, list(INCIDENT_TYPES)
    )
    darkest = crossed.loc[crossed["share"].idxmax()]
    _widgets.chart(
        charts.crossing_tiles(crossed, _LABELS, vocabulary.labels, "incident_type", column),
        key=f"crossed-{column}",
        alt=f"La part la plus élevée : {_LABELS[darkest['incident_type']]}, {percent(darkest['share'])} des dossiers "
        f"« {vocabulary.label(darkest[column])} ».",
        read="chaque case est la part des dossiers de sa colonne où ce type est noté ; le nombre de dossiers est entre "
        "parenthèses. Plus la case est bleue, plus il est fréquent.",
        act="choisissez avec chacun le thème qui le concerne. Sur peu de dossiers, une case très bleue peut venir du hasard : voyez "
        "au tableau entre quoi et quoi la part se situe.",
        table=crossed.assign(label=crossed["incident_type"].map(_LABELS), group=crossed[column].map(vocabulary.labels)),
        columns={"label": "Type d’incident", "group": chosen, "n_cases": "Dossiers en tout", **_SHARES},
    )


_ACTS = {
    "school_level": "commencez par le niveau le plus concerné, sans oublier que les niveaux n’ont pas le même nombre d’élèves.",
    "channel": "adaptez l’animation au canal le plus fréquent ; si « Inconnu » domine, complétez le registre.",
    "reporter": "si peu d’élèves ou de témoins signalent, rappelez en classe à qui parler et ce qui se passe ensuite.",
}


def when(snapshot: Snapshot, selection: Selection, n_cases: int) -> None:
    """The weeks of a school year beside the year before, the types of each week, and whether anything has changed."""
    counts = snapshot.case_counts(selection, ["school_year", "report_week"])
    years = sorted(counts["school_year"].unique(), reverse=True)
    year = _widgets.one_of("Année scolaire", "annee", {year: year for year in years})
    weeks = weeks_of(snapshot, selection, counts, year)
    busiest = weeks.loc[weeks["n"].idxmax()]
    st.header("Semaine par semaine")
    _widgets.chart(
        charts.weeks(weeks, year, incidents.year_before(calendar(), year)),
        key="weeks",
        alt=f"La semaine la plus chargée est celle du {day(busiest['week'])}, avec {count(busiest['n'], 'signalement')}.",
        read="une barre par semaine de signalement. Le trait gris est l’année d’avant, à la même semaine d’école ; les bandes "
        "grises sont les congés ; une barre hachurée est une semaine qui n’est pas finie.",
        act="prévoyez vos disponibilités pour les semaines qui reviennent chargées d’une année à l’autre.",
        table=weeks,
        columns={"week": "Semaine du", "n": "Dossiers", "n_before": "Un an plus tôt", "holiday": "Congé"},
    )

    st.header("Les types de chaque semaine")
    by_type = snapshot.incident_counts(selection, ["school_year", "report_week"])
    tiles = incidents.types_by_week(by_type, calendar(), year, snapshot.as_of, list(INCIDENT_TYPES))
    tiles = incidents.between(tiles, selection.first_week, selection.last_week)
    darkest = tiles.loc[tiles["n"].idxmax()]
    _widgets.chart(
        charts.week_tiles(tiles, _LABELS),
        key="tiles",
        alt=f"Le plus de dossiers d’un type en une semaine : {_LABELS[darkest['incident_type']]}, {number(darkest['n'])}, la "
        f"semaine du {day(darkest['week'])}.",
        read=f"une case par type et par semaine ; la plus bleue en compte {number(darkest['n'])}, une case vide aucun. Le jour "
        "n’est pas conservé : la semaine est ce que nous savons de plus fin.",
        act="cherchez les lignes qui bleuissent d’un coup et le restent : un même contenu circule peut-être dans plusieurs écoles. "
        "Une case seule peut venir du hasard.",
        table=tiles[tiles["n"] > 0].assign(label=tiles["incident_type"].map(_LABELS)),
        columns={"week": "Semaine du", "label": "Type d’incident", "n": "Dossiers"},
    )
    _change(snapshot, selection, counts)
    _rare(snapshot, selection)


def weeks_of(snapshot: Snapshot, selection: Selection, counts: pd.DataFrame, year: str) -> pd.DataFrame:
    """Reports of each chosen week of a school year (:func:`incidents.by_week`)."""
    return incidents.by_week(counts, calendar(), year, snapshot.as_of, selection.first_week, selection.last_week)


def weekly_chart(snapshot: Snapshot, selection: Selection, counts: pd.DataFrame) -> pd.DataFrame:
    """Reports of each week of school within what chance allows (:func:`signals.xmr`), from the register's first week on."""
    return signals.xmr(_school_weeks(snapshot, selection, counts), breaks(), signals.LEAST_COUNT)


def _school_weeks(snapshot: Snapshot, selection: Selection, counts: pd.DataFrame) -> pd.DataFrame:
    first_week = selection.first_week or snapshot.choices()["first_week"].iloc[0].date()
    as_of = min(snapshot.as_of, selection.last_week + timedelta(days=6)) if selection.last_week else snapshot.as_of
    # A year without a chosen case counts too: its weeks are 0, and the last weeks are the last ones.
    held = [year.name for year in calendar().years if year.end >= first_week and year.first_day <= as_of]
    years = [year for year in held if year in (selection.school_years or held)]
    return incidents.weekly_points(counts, calendar(), years, first_week, as_of)


def why_unjudged(points: pd.DataFrame) -> str:
    """Why the last weeks of school cannot be told from chance, as a sentence; "" when they can."""
    return {
        "": "",
        "short": f"Il faut {signals.MIN_POINTS} semaines d’école entières, depuis la dernière rupture notée, pour distinguer un "
        "changement du hasard.",
        "rare": f"Moins de {signals.LEAST_COUNT} signalements par semaine en moyenne : semaine par semaine, on ne peut pas "
        "distinguer un changement du hasard.",
        "still": "Les semaines sont toutes pareilles : il n’y a rien à distinguer du hasard.",
    }[signals.why_unjudged(points)]


def signal_words(signal: pd.Series) -> str:
    """A signal of the weekly reports as a French sentence without its full stop."""
    week, n = day(signal["period"]), count(signal["value"], "signalement")
    side = "au-dessus" if signal["rises"] else "au-dessous"
    return {
        "outside": f"semaine du {week} : {n}, {side} de ce que le hasard explique",
        "run": f"sept semaines d’école ou plus {side} de la moyenne, jusqu’à celle du {week}",
        "trend": f"sept semaines d’école de {'hausse' if signal['rises'] else 'baisse'}, jusqu’à celle du {week}",
        "two_of_three": f"deux semaines sur trois très {side} de la moyenne, vers celle du {week}",
    }[signal["signal"]]


def _change(snapshot: Snapshot, selection: Selection, counts: pd.DataFrame) -> None:
    st.header("Changement ou hasard ?")
    points = weekly_chart(snapshot, selection, counts)
    found = points[points["signal"] != "none"]
    recent = incidents.recent_signals(points)
    if unjudged := why_unjudged(points):
        finding = unjudged
    elif recent.empty:
        finding = "Rien de plus que le hasard dans les quatre dernières semaines d’école."
    else:
        finding = f"Dans les quatre dernières semaines d’école, un signal : {signal_words(recent.iloc[0])}."
    st.markdown(typeset(finding))
    _widgets.chart(
        control_chart(points, lambda week: f"Semaine du {day(week)}", lambda n: count(n, "dossier"), "dossiers"),
        key="change",
        alt=f"{finding} {count(len(found), 'semaine')} avec un signal sur {number(len(points))}.",
        read="un point par semaine d’école ; les semaines de congé n’y sont pas. Entre les pointillés, le hasard "
        "suffit ; un losange est un signal, plus que ce que le hasard fait d’ordinaire. Même quand rien ne change, les quatre "
        "dernières semaines en montrent un cinq à dix fois sur cent. La semaine en cours est un point vide : elle n’est pas jugée.",
        act="ne réagissez pas à une semaine entre les limites. Devant un losange, cherchez ce qui a changé à ce moment-là : "
        + listing(list(SIGNAL_WORDS.values()), "ou")
        + ".",
        table=points.assign(label=points["signal"].map(SIGNAL_WORDS)),
        columns={
            "period": "Semaine du",
            "value": "Dossiers",
            "centre": "Moyenne",
            "lower": "Limite basse",
            "upper": "Limite haute",
            "label": "Signal",
        },
    )


def _rare(snapshot: Snapshot, selection: Selection) -> None:
    """The weeks of school between the reports of a rare type: do they draw closer, or further apart?"""
    st.header("Quand c’est rare : le temps entre deux signalements")
    chosen = _widgets.pick("Type d’incident", "rare", _LABELS, (*INCIDENT_TYPES, *DANGER_TYPES)[-1])
    counts = snapshot.incident_counts(selection, ["report_week"])
    counts = counts[counts["incident_type"] == chosen]
    weeks = _school_weeks(snapshot, selection, counts)
    waits = incidents.weeks_between(counts, weeks)
    if waits.empty:
        st.info(
            typeset(f"« {_LABELS[chosen]} » : il n’y a rien à mesurer entre deux signalements."), icon=":material/info:"
        )
        return
    if not incidents.is_rare(counts, weeks):
        st.info(
            typeset(
                f"« {_LABELS[chosen]} » : signalé dans une semaine d’école sur deux ou plus. Ce n’est pas rare : filtrez ce type et "
                "regardez le graphique précédent."
            ),
            icon=":material/info:",
        )
        return
    points = signals.g_chart(waits, breaks())
    finding = _wait_words(points)
    st.markdown(typeset(finding))
    _widgets.chart(
        control_chart(
            points,
            lambda week: f"Semaine du {day(week)}",
            lambda n: count(n, "semaine d’école sans aucun", "semaines d’école sans aucun"),
            "semaines sans aucun",
        ),
        key="rare",
        alt=f"{_LABELS[chosen]} : {finding}",
        read="un point par semaine avec un signalement ; sa hauteur est le nombre de semaines d’école passées sans aucun depuis le "
        "précédent. Zéro : deux semaines de suite. Plusieurs signalements d’une même semaine font un seul point, car le jour n’est "
        f"pas conservé ({count((waits['n'] > 1).sum(), 'semaine est dans ce cas', 'semaines sont dans ce cas')}). Une "
        "attente sur deux au plus dépasse le trait plein, presque aucune le pointillé. Le point vide est l’attente en cours.",
        act="des points qui restent bas disent que les signalements se rapprochent : relisez ensemble les dossiers de ces semaines, et "
        "voyez ce qui les relie. Un point au-dessus du pointillé est une longue pause : vérifiez que l’on signale encore. Un seul point bas "
        "ne dit rien du rythme, mais chaque menace pour la vie reste une urgence.",
        table=points.assign(n=waits["n"], label=points["signal"].map(SIGNAL_WORDS)),
        columns={
            "period": "Semaine du",
            "value": "Semaines sans aucun",
            "n": "Dossiers",
            "centre": "Médiane",
            "upper": "Limite haute",
            "provisional": "En cours",
            "label": "Signal",
        },
    )


def _wait_words(points: pd.DataFrame) -> str:
    """What the last waits of a g chart say, as a French sentence."""
    if points["centre"].isna().all():
        return f"Il faut {signals.MIN_POINTS} attentes complètes pour distinguer un changement du hasard."
    recent = incidents.recent_signals(points)
    if recent.empty:
        return "Rien d’autre que le hasard dans les quatre dernières attentes."
    last = recent.iloc[0]
    if last["signal"] == "outside":
        return (
            f"Une longue pause : {count(last['value'], 'semaine')} d’école sans aucun signalement avant celui de la semaine du "
            f"{day(last['period'])}, plus que le hasard n’explique."
        )
    drawn = "s’espacent" if last["rises"] else "se rapprochent"
    return f"Les signalements {drawn} : sept attentes de suite ou plus, jusqu’à la semaine du {day(last['period'])}."
