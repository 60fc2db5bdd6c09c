"""The pieces of the page Programme de prévention: what is chosen, what is computed and kept, what is downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

import pandas as pd
import streamlit as st

from analytics.domain.french import day, number, typeset
from analytics.domain.programme import Rules, programme
from analytics.domain.school_calendar import calendar
from analytics.planning.allocation import NoPlanError, Plan, allocate, loosen
from analytics.planning.preparing import Preparation, Team, open_weeks, prepare, urgent_hours
from analytics.planning.sensitivity import chosen_shares
from analytics.planning.words import what_to_loosen
from analytics.store import Snapshot

SEED = 2026
N_DRAWS = 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KEPT = 16


@dataclass(frozen=True)
class Result:
    """A plan and how sure its choice of schools is; without a plan, what to loosen. ``out_of_time``: neither was found."""

    plan: Plan | None
    shares: pd.DataFrame
    relaxations: pd.DataFrame
    out_of_time: bool = False


def choose(snapshot: Snapshot, today: date) -> tuple[Team, Rules]:
    """The hours of the team and the rules of the plan, in the address: a link shows what its sender saw."""
    weeks = open_weeks(max(today, snapshot.as_of), calendar())
    reserve = round(urgent_hours(snapshot, calendar()))
    rules = programme().rules
    with st.container(border=True):
        st.subheader("Les heures de l’équipe")
        first, second, third = st.columns(3)
        people = first.number_input("Personnes dans l’équipe", 1, 50, 4, key="equipe", bind="query-params")
        hours = second.number_input(
            "Heures de prévention par personne et par semaine",
            1.0,
            38.0,
            14.0,
            0.5,
            format="%g",
            key="heures",
            bind="query-params",
            help="Préparation et trajets compris.",
        )
        kept = third.number_input(
            "Heures d’équipe gardées pour les urgences",
            0,
            500,
            reserve,
            key="urgences",
            bind="query-params",
            help=typeset(
                f"Le registre en montre {number(reserve)} h par semaine de classe : les séances en classe faites."
            ),
        )
        left, right = st.columns(2)
        start = left.selectbox("À partir de la semaine du", weeks, format_func=day, key="semaine", bind="query-params")
        off = right.multiselect(
            "Semaines sans l’équipe",
            [week for week in weeks if week >= start],
            format_func=day,
            key="sans",
            placeholder="Aucune",
            bind="query-params",
        )
        st.subheader("Les règles")
        first, second, third = st.columns(3)
        share = first.number_input(
            "Part minimale des écoles, par zone et par réseau (%)",
            0,
            100,
            round(100 * rules.minimum_share),
            5,
            key="part",
            bind="query-params",
        )
        calm = second.number_input(
            "Semaines de calme avant une soirée de parents",
            0,
            52,
            rules.calm_weeks,
            key="calme",
            bind="query-params",
            help=typeset("La procédure dit « bien après que la situation soit apaisée », sans nombre."),
        )
        years = third.number_input(
            "Années sans action, au plus", 1, 10, rules.left_out_weeks // 52, key="delaissee", bind="query-params"
        )
    team = Team(int(people), float(hours), float(kept), start, tuple(sorted(off)))
    return team, rules.replace(minimum_share=share / 100, calm_weeks=int(calm), left_out_weeks=52 * int(years))


@st.cache_resource(show_spinner=False, max_entries=_KEPT)
def prepared(version: str, team: Team, rules: Rules, _snapshot: Snapshot) -> Preparation:
    """The need and the problem, once for each choice and version of the records."""
    return prepare(_snapshot, team, rules, calendar())


@st.cache_resource(show_spinner=False)
def _results() -> dict[str, Result]:
    """What was computed, by the digest of what it was computed from; shared by all sessions."""
    return {}


def computed(snapshot: Snapshot, team: Team, rules: Rules, preparation: Preparation) -> Result | None:
    """The plan for this choice: known already, asked for by the button, or by a link whose sender saw it; else None."""
    choice = hashlib.sha256(repr((team, rules)).encode()).hexdigest()[:12]
    token = f"{snapshot.version} {choice}"
    asked = st.button("Calculer le programme", type="primary", icon=":material/calculate:", key="calculer")
    if asked:
        st.query_params["programme"] = choice
    known = _results()
    if token not in known:
        if not asked and st.query_params.get("programme") != choice:
            return None
        known[token] = _solve(preparation)
        for old in list(known)[:-_KEPT]:
            known.pop(old, None)
    return known[token]


def _solve(preparation: Preparation) -> Result:
    """Solve, with a bar: the plan, then how much the choice owes to chance; what to loosen where there is no plan."""
    bar = st.progress(0.0, typeset("Recherche du meilleur programme… (une minute au plus)"))
    nothing = pd.DataFrame()

    def part(low: float, high: float) -> Callable[[float, str], None]:
        def show(share: float, what: str) -> None:
            bar.progress(low + (high - low) * share, typeset(what))

        return show

    try:
        plan = allocate(preparation.problem, progress=part(0.0, 0.7))
        shares = chosen_shares(
            preparation.problem, preparation.need, programme(), SEED, N_DRAWS, progress=part(0.7, 1.0)
        )
        return Result(plan, shares, nothing)
    except NoPlanError as error:
        if error.out_of_time:
            return Result(None, nothing, nothing, out_of_time=True)
        return Result(None, nothing, loosen(preparation.problem, time_limit=20, progress=part(0.5, 1.0)))
    finally:
        bar.empty()


def show_what_to_loosen(result: Result, preparation: Preparation) -> None:
    """Why there is no plan, and what would be enough, in words."""
    if result.out_of_time:
        st.warning(
            "Aucun programme trouvé en une minute. Réduisez la période ou les règles, puis réessayez.",
            icon=":material/hourglass_bottom:",
        )
        return
    lines = "\n".join(f"- {line}" for line in what_to_loosen(result.relaxations, preparation.problem))
    st.error(typeset(f"Ces règles ne tiennent pas ensemble avec ces heures.\n\n{lines}"), icon=":material/rule:")


def downloads(
    snapshot: Snapshot, team: Team, rules: Rules, preparation: Preparation, plan: Plan, now: datetime
) -> None:
    """The plan as files, each made when its button is touched."""
    made = partial(_made, snapshot, team, rules, preparation, plan, now)
    with st.container(horizontal=True):
        for label, kind, name, mime in (
            ("Classeur (XLSX)", "xlsx", "programme.xlsx", XLSX),
            ("Calendrier (ICS)", "ics", "programme.ics", "text/calendar"),
            ("Une page pour la direction (PDF)", "pdf", "programme.pdf", "application/pdf"),
        ):
            st.download_button(
                label,
                partial(made, kind),
                name,
                mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"prendre_{kind}",
            )
    st.caption(
        typeset(
            "Données internes. Le calendrier donne une semaine à chaque séance : le jour et l’heure se fixent avec l’école. "
            "Réimporté, il déplace les séances au lieu de les doubler."
        )
    )


def _made(
    snapshot: Snapshot, team: Team, rules: Rules, preparation: Preparation, plan: Plan, now: datetime, kind: str
) -> bytes:
    from analytics.documents.plan_pdf import plan_pdf
    from analytics.documents.plan_workbook import Edition, plan_workbook
    from analytics.planning.calendar_file import icalendar

    if kind == "ics":
        schools, year = preparation.problem.schools, preparation.year.name
        return icalendar(plan.sessions, schools, year, now.astimezone(UTC), programme())
    edition = Edition(plan, preparation, team, rules, snapshot.as_of, now.date(), snapshot.is_demo)
    return plan_pdf(edition, programme()) if kind == "pdf" else plan_workbook(edition, programme())
