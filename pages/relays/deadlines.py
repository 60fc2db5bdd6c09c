"""Each step against its deadline, and the list of what waits beyond it."""

import pandas as pd
import streamlit as st

from analytics.charts import relays as charts
from analytics.domain.french import count, day, listing, number, percent
from analytics.domain.vocabulary import RELAYS
from analytics.intake import KeyFileError
from analytics.measures import relays
from analytics.store import Snapshot
from analytics.workflows.importing import store_key
from pages import _data
from pages._widgets import INTERVAL, WAITING, columns, show_chart, show_table, text
from pages.relays.clock import STEP_LABELS, RelayContext


def show(context: RelayContext) -> None:
    snapshot = context.snapshot
    answer = relays.against_deadline(snapshot.step_counts("deadline", context.selection))
    n_overdue = int(answer["n_overdue"].sum())
    text.header("Ce qui attend, hors délai")
    text.paragraph(
        f"**{count(n_overdue, 'étape')}** hors délai dans les dossiers ouverts, au {day(snapshot.as_of)}. Les plus anciennes "
        "d’abord. Liste exacte, interne : elle ne sort pas du service."
    )
    if n_overdue:
        waiting = relays.overdue_list(snapshot.overdue(context.selection))
        show_table(
            waiting.assign(danger=waiting["danger"].map({True: "oui", False: ""})),
            columns("case_id", "name", step="Étape attendue") | columns("report_week", *WAITING, danger="Danger"),
        )
        if len(waiting) < n_overdue:
            text.caption(f"Les {len(waiting)} plus anciennes sur {number(n_overdue)}. Filtrez pour voir les autres.")
    _find_case(snapshot)
    _deadlines(answer)


def _deadlines(answer: pd.DataFrame) -> None:
    judged = answer.set_index("step").loc[list(RELAYS), "share"].dropna()
    text.header("Chaque étape et son délai")
    show_chart(
        charts.deadline_bars(answer),
        key="deadlines",
        alt=f"Le relais le plus souvent à temps est {STEP_LABELS[judged.idxmax()]} ({percent(judged.max())})."
        if len(judged)
        else "Aucun relais à juger dans ces dossiers.",
        read="chaque étape est jugée sur le délai que l’école s’est donné, sinon sur celui du service (page Protocole). Une menace "
        "pour la vie est toujours jugée en heures : un jour d’école compte alors 24 h.",
        act="appelez d’abord pour ce qui est en rouge : ces dossiers sont ouverts et l’étape est encore possible.",
        table=answer,
        columns=columns("step", n_in_time="À temps", n_late="En retard", n_waiting="Encore dans le délai")
        | columns("n_overdue", "n_closed", n_no_deadline="Sans délai")
        | columns("n_not_applicable", "n_not_recorded")
        | columns(*INTERVAL)
        | {"share": "Part à temps"},
    )


def _find_case(snapshot: Snapshot) -> None:
    """From a case number of the register to its pseudonym, and what it still waits for. The number is not kept."""
    if snapshot.is_demo:
        return
    with st.expander("Retrouver un dossier de votre registre"):
        case_number = st.text_input("Son numéro, tel qu’au registre. Il n’est ni gardé ni affiché ailleurs.")
        if not case_number.strip():
            return
        try:
            case_id = store_key(_data.store()).pseudonym(case_number)
        except KeyFileError as error:
            text.error(str(error))
            return
        if not snapshot.holds(case_id):
            text.info("Aucun dossier ne porte ce numéro dans le dernier import.")
            return
        due = relays.overdue_list(snapshot.overdue(case_id=case_id))
        steps = listing([f"{STEP_LABELS[row['step']]} ({row['beyond']})" for _, row in due.iterrows()])
        text.paragraph(f"Ici, il s’appelle **{case_id}**. Hors délai : {steps or 'rien'}.")
