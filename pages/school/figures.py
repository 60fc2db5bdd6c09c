"""How many cases a school has, how many to believe in, since when none, and how many follow each other."""

import pandas as pd
import streamlit as st

from analytics.charts.schools import FLAG_WORDS
from analytics.domain.french import count, number
from analytics.measures import schools
from analytics.workflows.one_school import SILENT, OneSchool, since_last
from pages._widgets import Indicator, remembered, show_indicators, text


@remembered
def show(context: OneSchool) -> None:
    school, as_of = context.school, context.snapshot.as_of
    n_cases = count(school["n"], "dossier")
    counts = context.snapshot.case_counts(context.selection, ["school_id", "report_week"])
    repeats = schools.repeats(counts).iloc[0]
    entries = [
        Indicator(
            "Dossiers",
            number(school["n"]),
            note=f"dont {count(school['n_open'], 'ouvert')}",
            counts="Les dossiers de cette école qui répondent aux filtres.",
        ),
        Indicator(
            "Taux prudent pour 1 000 élèves",
            number(school["shrunken_rate"], 1),
            note=f"entre {number(school['shrunken_lower'], 1)} et {number(school['shrunken_upper'], 1)} · taux brut "
            f"{number(school['rate'], 1)}",
            counts="Ce que l’on peut croire du taux de l’école : le sien, rapproché de celui des écoles de son niveau d’autant "
            "plus qu’elle est petite. Il est entre ces deux limites 95 fois sur 100, même quand les signalements viennent par grappes. "
            f"Face aux autres, elle est {FLAG_WORDS.get(school['flag'], 'sans comparaison possible')}.",
            numerator=n_cases,
            denominator=count(school["n_pupils"], "élève")
            if pd.notna(school["rate"])
            else "nombre d’élèves ou niveau inconnu",
        ),
        _since_last(context),
        Indicator(
            "Dossiers qui en suivent un autre",
            number(repeats["n"]),
            note="dans les quatre semaines",
            counts="Les dossiers signalés dans les quatre semaines après un autre de cette école.",
            numerator=count(repeats["n"], "dossier"),
            denominator=count(repeats["n_cases"], "dossier"),
        ),
    ]
    if context.is_alone:
        del entries[1]  # the careful rate is made of all schools
    show_indicators(entries, as_of)
    if not school["n"]:
        text.info(f"Aucun dossier de cette école ne répond aux filtres. {SILENT}")
        st.stop()


def _since_last(context: OneSchool) -> Indicator:
    value, note = since_last(context)
    return Indicator(
        "Depuis le dernier signalement",
        value,
        note=note,
        counts="Le temps entre la semaine du dernier signalement et l’extrait du registre.",
    )
