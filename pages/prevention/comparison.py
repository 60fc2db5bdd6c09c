"""The plan compared with simpler ones."""

from analytics.charts import planning as charts
from analytics.domain.french import percent
from analytics.planning.plans import PLAN_LABELS, compare_plans
from pages._widgets import columns, remembered, show_chart, text
from pages.prevention.computing import Planned


@remembered
def show(context: Planned) -> None:
    beside = compare_plans(context.preparation.problem, context.plan.sessions)
    covered = beside.set_index("plan")["share"]
    text.header("À côté d’autres façons de faire")
    show_chart(
        charts.plans_side_by_side(beside, PLAN_LABELS),
        key="plan-compare",
        alt=f"Ce programme couvre {percent(covered['optimum'])} du besoin, la même chose pour toutes "
        f"{percent(covered['same_for_all'])}, d’abord le plus de dossiers {percent(covered['most_cases_first'])}.",
        read="la part du besoin que chaque façon de faire couvre avec les mêmes heures. « La même chose pour toutes » donne "
        "une action à chaque école à son tour ; « d’abord le plus de dossiers » sert une école entière avant la suivante. "
        "Ces deux-là ne tiennent pas compte des zones ni des écoles délaissées.",
        act="si l’écart est petit, la façon la plus simple à expliquer est la bonne.",
        table=beside.assign(plan=beside["plan"].map(PLAN_LABELS)),
        columns=columns(plan="Façon de faire", share="Besoin couvert")
        | columns("n_schools", n_sessions="Séances")
        | columns("hours", n_left_out="Délaissées trop longtemps", n_short="Zones et réseaux sous le minimum"),
    )
