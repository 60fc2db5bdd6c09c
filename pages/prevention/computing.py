"""What a plan is computed from, computed when it is asked for, and kept for all sessions."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analytics.domain.french import count, typeset
from analytics.domain.programme import Rules, programme
from analytics.domain.school_calendar import TIMEZONE, OutsideCalendarError, calendar
from analytics.planning.allocation import NoPlanError, Plan, allocate, loosen
from analytics.planning.kept import Kept, read_kept
from analytics.planning.lots import Draw
from analytics.planning.preparing import Preparation, Team, prepare, school_year_of
from analytics.planning.sensitivity import chosen_shares
from analytics.store import Snapshot
from pages._widgets import Context, text
from pages.prevention.choices import choose

SEED = 2026
N_DRAWS = 60
_KEPT = 16


@dataclass(frozen=True)
class Result:
    """A plan and how sure its choice of schools is; without a plan, what to loosen. ``out_of_time``: neither was found."""

    plan: Plan | None
    shares: pd.DataFrame
    relaxations: pd.DataFrame
    out_of_time: bool = False


@dataclass(frozen=True, kw_only=True)
class Planned(Context):
    """The records, what was chosen for them, the need and, once it is computed, the plan."""

    team: Team
    rules: Rules
    preparation: Preparation
    result: Result | None
    kept: Kept
    now: datetime


def compute(records: Context) -> Planned:
    """Ask for the hours and rules, and compute the plan for them where the reader asked for it. Stops where none can be."""
    snapshot, now = records.snapshot, datetime.now(ZoneInfo(TIMEZONE))
    try:
        team, rules = choose(snapshot, now.date())
    except OutsideCalendarError:
        text.info(
            "Le calendrier de la prochaine année scolaire n’est pas encore connu de Relais. Ajoutez-le au fichier calendar.toml de votre service.",
            "calendar_month",
        )
        st.stop()
    kept = read_kept(snapshot)
    draw = kept.draw_of(school_year_of(team.first_week, calendar()).name)
    preparation = _prepared(snapshot.version, team, rules, draw, snapshot)
    _show_missing(preparation)
    if preparation.need.empty:
        text.info("Aucune école ne peut être planifiée. Complétez la feuille Écoles.", "school")
        st.stop()
    result = _computed(snapshot, team, rules, preparation)
    return Planned(snapshot, team=team, rules=rules, preparation=preparation, result=result, kept=kept, now=now)


def _show_missing(preparation: Preparation) -> None:
    """What the plan cannot know."""
    if n := len(preparation.unplannable):
        text.warning(
            f"{count(n, 'école')} sans niveau ou sans nombre d’élèves : impossible d’y planifier. Complétez la feuille Écoles.",
            "school",
        )
    if n := preparation.n_cases_left_out:
        text.caption(
            f"{count(n, 'dossier')} hors du besoin : école sans niveau ou sans nombre d’élèves, ou niveau inconnu."
        )
    if preparation.given.empty:
        text.info(
            "Le registre n’a pas de feuille Actions (École, Activité, Date, Groupes). Sans elle, toutes les écoles sont "
            "comptées comme n’ayant rien reçu.",
            "event_busy",
        )


@st.cache_resource(show_spinner=False, max_entries=_KEPT)
def _prepared(version: str, team: Team, rules: Rules, draw: Draw | None, _snapshot: Snapshot) -> Preparation:
    """The need and the problem, once for each choice, draw and version of the records."""
    return prepare(_snapshot, team, rules, calendar(), draw)


@st.cache_resource(show_spinner=False)
def _results() -> dict[str, Result]:
    """What was computed, by the digest of what it was computed from; shared by all sessions."""
    return {}


def _computed(snapshot: Snapshot, team: Team, rules: Rules, preparation: Preparation) -> Result | None:
    """The plan for this choice: known already, asked for by the button, or by a link whose sender saw it; else None."""
    choice = hashlib.sha256(repr((team, rules, preparation.draw)).encode()).hexdigest()[:12]
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
