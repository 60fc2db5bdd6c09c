"""Lots drawn among the schools that are close in need: the only way to see later whether sessions help."""

from dataclasses import replace

import streamlit as st

from analytics.domain.french import count, day
from analytics.domain.timezone import now
from analytics.planning.allocation import Plan
from analytics.planning.evaluation import MINIMUM_SCHOOLS
from analytics.planning.kept import Kept, keep
from analytics.planning.lots import Draw, close_in_need, draw_lots
from pages import _access
from pages._widgets import show_table, text
from pages.prevention.computing import SEED, Planned


def show(context: Planned) -> None:
    plan, draw = context.result.plan, context.preparation.draw
    if plan is None and draw is None:
        return
    text.header("Tirer au sort, pour voir si cela aide")
    if draw is not None:
        _show_draw(context, draw)
    elif plan is not None:
        _offer_draw(context, plan)


def _offer_draw(context: Planned, plan: Plan) -> None:
    preparation = context.preparation
    close = context.remember(lambda: close_in_need(preparation.need, preparation.problem), "close_in_need")
    n_served = len({*close} & {*plan.sessions["school_id"]})
    n = min(len(close) // 2, n_served)
    if n < MINIMUM_SCHOOLS:
        text.paragraph(
            f"{count(len(close), 'école dont le besoin se vaut', 'écoles dont le besoin se vaut')} ; ces heures en servent "
            f"{n_served}. Il faut en tirer dix, et dix autres, pour qu’un tirage au "
            "sort se lise ensuite."
        )
        return
    text.paragraph(
        f"{count(len(close), 'école a', 'écoles ont')} un besoin que le registre ne sait pas départager. Le sort peut en désigner "
        f"**{n}** pour cette année scolaire ; les autres passent l’an prochain, même délaissées. On saura alors ce que les "
        "séances changent, sans que le choix des écoles s’y mêle."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input("Numéro du tirage", 1, 999_999, SEED, key="tirage", width=180)
        if _access.may("plan") and st.button("Tirer au sort", icon=":material/casino:", key="tirer"):
            year, first = preparation.year.name, preparation.team.first_week
            draw = draw_lots(close, n, int(seed), now().date(), year, first)
            _keep(context, replace(context.kept, draws=(*context.kept.draws, draw)))
    text.caption(
        "Le même numéro et les mêmes écoles donnent le même tirage. Le numéro, le jour et la liste sont gardés."
    )


def _show_draw(context: Planned, draw: Draw) -> None:
    text.paragraph(
        f"Tirage du {day(draw.drawn_on)}, numéro {draw.seed} : **{count(len(draw.drawn), 'école')} sur {len(draw.schools)}**. "
        "Le programme de cette année scolaire en tient compte : les écoles tirées ont une action, les autres du tirage "
        "attendent l’an prochain."
    )
    schools = context.preparation.problem.schools
    listed = schools.loc[schools["school_id"].isin(draw.schools), ["school_id", "name", "zone"]]
    with st.expander("La liste"):
        show_table(
            listed.assign(drawn=listed["school_id"].isin(draw.drawn)).sort_values(
                "drawn", ascending=False, kind="stable"
            ),
            {"school_id": "Code", "name": "École", "zone": "Zone", "drawn": "Tirée"},
        )
    if _access.may("plan") and st.button("Annuler ce tirage", icon=":material/undo:", key="annuler_tirage"):
        _keep(context, replace(context.kept, draws=tuple(known for known in context.kept.draws if known != draw)))


def _keep(context: Planned, kept: Kept) -> None:
    with _access.acting("plan"):
        keep(context.snapshot, kept)
    st.rerun()
