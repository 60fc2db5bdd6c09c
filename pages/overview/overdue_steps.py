"""Overdue steps of open cases."""

from analytics.domain.french import count, number
from analytics.domain.vocabulary import STEPS
from analytics.measures import relays
from pages._widgets import Context, Indicator, Link, address


def indicator(context: Context) -> Indicator:
    snapshot, selection = context.snapshot, context.selection
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
        links=(Link("Voir qui attend", "relays", address(selection, question="Délais et retards")),),
    )
