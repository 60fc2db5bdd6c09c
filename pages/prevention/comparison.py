"""The plan compared with simpler ones, and the sensitivity of its choice of schools."""

from analytics.charts import planning as charts
from analytics.domain.french import count, percent
from analytics.planning.plans import PLAN_LABELS, choice_stability, compare_plans
from pages._widgets import columns, show_chart, text
from pages.prevention.computing import N_DRAWS, SEED, Planned

N_SHOWN = 20


def show(context: Planned) -> None:
    result, problem = context.result, context.preparation.problem
    if result is None or result.plan is None:
        return
    beside = compare_plans(problem, result.plan.sessions)
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
    if result.shares.empty:
        return
    sure = choice_stability(result.shares, problem, result.plan.sessions)
    close = sure[sure["close"]]
    text.subheader("Le choix tient-il au hasard ?")
    show_chart(
        charts.chosen_dots((close if len(close) else sure).head(N_SHOWN)),
        key="plan-chance",
        alt=f"{count(len(close), 'école')} sur {len(sure)} ne seraient ni presque toujours ni presque jamais choisies.",
        read=f"le même calcul, refait {N_DRAWS} fois avec d’autres taux aussi plausibles (tirage numéro {SEED}, "
        "sur l’année entière). À 100 %, une école est choisie chaque fois. Les écoles montrées sont celles qui se valent.",
        act="entre des écoles qui se valent, ce que vous savez d’elles pèse plus que le calcul.",
        table=sure.rename(columns={"chosen_share": "share"}),
        columns=columns("name", share="Choisie", planned="Dans ce programme", close="Se valent"),
    )
