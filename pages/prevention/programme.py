"""The programme: what to give where and when, or why there is none, and the files to take."""

from functools import partial

import streamlit as st

from analytics.charts import planning as charts
from analytics.domain.french import count, number, percent
from analytics.domain.timezone import now
from analytics.domain.vocabulary import SCHOOL_NETWORKS
from analytics.planning.allocation import Plan
from analytics.planning.comparison import coverage
from analytics.planning.plans import by_school, by_week, compare_plans, programme_rows
from analytics.planning.relaxation_text import describe_relaxations
from pages._widgets import columns, fold_table, offer_file, remembered, show_chart, text
from pages.prevention import activities, comparison, lots, need
from pages.prevention.computing import Planned

FILES = {"xlsx": "Classeur (XLSX)", "ics": "Calendrier (ICS)", "pdf": "Une page pour la direction (PDF)"}


def show(context: Planned) -> None:
    result = context.result
    if result.plan is not None:
        _show_plan(context)
        _offer_files(context, result.plan)
        comparison.show(context)
    elif result.out_of_time:
        text.warning(
            "Aucun programme trouvé en une minute. Réduisez la période ou les règles, puis réessayez.",
            "hourglass_bottom",
        )
    else:
        lines = describe_relaxations(result.relaxations, context.preparation.problem)
        listed = "\n".join(f"- {line}" for line in lines)
        text.warning(f"Avec ces heures, ces règles ne tiennent pas ensemble.\n\n{listed}", "rule")
    if result.plan is None:
        need.show(context)
    lots.show(context)
    activities.show(context.preparation.programme)


@remembered
def _show_plan(context: Planned) -> None:
    preparation, plan = context.preparation, context.plan
    problem, sessions = preparation.problem, plan.sessions
    ours = compare_plans(problem, sessions).iloc[0]
    text.header("Le programme")
    text.paragraph(
        f"**{count(ours['n_sessions'], 'séance')} dans {count(ours['n_schools'], 'école')}, "
        f"{number(ours['hours'])} h d’équipe ({percent(ours['hours_share'])} des heures).** Ce programme couvre "
        f"{percent(ours['share'])} du besoin. Aucun autre qui respecte les règles ne ferait mieux de plus de "
        f"{percent(max(plan.gap, 0.001), 1)} : c’est prouvé."
    )
    labels, rows = preparation.programme.labels, programme_rows(problem, sessions)
    show_chart(
        charts.hours_by_week(by_week(problem, sessions), labels),
        key="plan-weeks",
        alt=f"Heures prévues par semaine : {number(ours['hours'])} h au total, jamais plus que celles de l’équipe.",
        read="chaque barre est une semaine de classe, chaque couleur une activité. La ligne grise est ce que l’équipe peut "
        "donner, urgences déduites. Une école reçoit une activité pour tous ses groupes, ou pas du tout.",
        act="appelez les écoles dans l’ordre des semaines. Une semaine pleine n’a plus de place pour un imprévu.",
        table=rows.assign(activity=rows["activity"].map(labels)),
        columns=columns("week", "name", "zone", activity="Activité") | columns("n_groups", "hours"),
    )
    fold_table(
        "Par école",
        by_school(problem, sessions, preparation.need, preparation.given),
        columns("name", "school_network", "zone", "n", need="Besoin", n_activities="Activités")
        | columns("n_groups", first_week="Dès la semaine du", last_given="Dernière action donnée"),
        "programme-ecoles",
    )
    fold_table(
        "Par zone et par réseau",
        coverage(problem, sessions).replace({"name": SCHOOL_NETWORKS.labels}),
        columns(name="Zone ou réseau")
        | columns("n_schools", n_required="Au moins", n_planned="Touchées")
        | columns("share"),
        "programme-zones",
    )


def _offer_files(context: Planned, plan: Plan) -> None:
    """Download buttons for the plan."""
    with st.container(horizontal=True):
        for form, label in FILES.items():
            content = partial(_made, context, plan, f".{form}")
            offer_file(label, content, f"programme.{form}", f"prendre_{form}")
    text.caption(
        "Données internes. Le calendrier donne une semaine à chaque séance : le jour et l’heure se fixent avec l’école. "
        "Réimporté, il déplace les séances au lieu de les doubler."
    )


def _made(context: Planned, plan: Plan, suffix: str) -> bytes:
    from analytics.workflows.planning import plan_file  # slow to import, and rarely clicked

    return plan_file(context.snapshot, context.preparation, plan, suffix, now())
