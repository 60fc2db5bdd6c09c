"""What a plan is computed from, and the plan: kept by the store, or computed once and remembered."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd
import streamlit as st

from analytics.domain.french import count, typeset
from analytics.domain.school_calendar import OutsideCalendarError, calendar
from analytics.domain.timezone import now
from analytics.planning.allocation import NoPlanError, Plan, allocate, loosen
from analytics.planning.kept import Kept, KeptPlan, digest, keep, read_kept
from analytics.planning.preparing import Preparation, prepare, school_year_of
from analytics.planning.sensitivity import chosen_shares
from analytics.store import Snapshot, StoreError
from pages import _access
from pages._widgets import Context, text
from pages.prevention.choices import choose

SEED = 2026
N_DRAWS = 60


@dataclass(frozen=True)
class Result:
    """A plan; without one, what to loosen. ``out_of_time``: neither was found."""

    plan: Plan | None
    relaxations: pd.DataFrame
    out_of_time: bool = False


@dataclass(frozen=True, kw_only=True)
class Planned(Context):
    """The records, the need and the plan for what was chosen, what was kept, and the ``token`` of all that it rests on."""

    preparation: Preparation
    result: Result
    kept: Kept
    token: str

    @property
    def plan(self) -> Plan:
        """The plan, where there is one."""
        if self.result.plan is None:
            raise ValueError("no plan was found")
        return self.result.plan

    @cached_property
    def shares(self) -> pd.DataFrame:
        """How often each school is chosen when its rate is drawn anew (:func:`chosen_shares`); it takes seconds."""
        given = self.preparation
        return self.remember(
            lambda: chosen_shares(given.problem, given.need, given.programme, SEED, N_DRAWS), "chosen_shares"
        )

    @property
    def asked(self) -> tuple[Hashable, ...]:
        return (self.token, self.result.plan is not None, self.kept.draws)


def compute(records: Context) -> Planned:
    """The plan for the hours, rules and weights of the page, kept where the reader asked for it. Stops where nothing can be
    planned."""
    snapshot = records.snapshot
    kept = read_kept(snapshot)
    try:
        choice, asked = choose(snapshot, now().date(), kept)
    except OutsideCalendarError:
        text.info(
            "La prochaine année scolaire n’est pas encore connue de Relais. Mettez Relais à jour.", "calendar_month"
        )
        st.stop()
    draw = kept.draw_of(school_year_of(choice.team.first_week, calendar()).name)
    token = digest(snapshot.version, choice.team, choice.programme, draw)
    preparation = snapshot.remember(
        ("preparation", token), lambda: prepare(snapshot, choice.team, choice.programme, calendar(), draw)
    )
    _show_missing(preparation)
    if preparation.need.empty:
        text.info("Aucune école ne peut être planifiée. Complétez la feuille Écoles.", "school")
        st.stop()
    result = snapshot.remember(("plan", token), lambda: _computed(preparation, kept, token))
    is_new = kept.plan is None or kept.plan.of != token
    if _access.may("plan") and result.plan is not None and is_new and (asked or choice == kept.choice):
        kept = replace(kept, choice=choice, plan=KeptPlan.from_plan(result.plan, token))
        _keep(snapshot, kept)
    return Planned(snapshot, preparation=preparation, result=result, kept=kept, token=token)


def _keep(snapshot: Snapshot, kept: Kept) -> None:
    try:
        keep(snapshot, kept)
    except StoreError as error:
        text.warning(f"Le programme est calculé, mais pas gardé. {error}")


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


def _computed(preparation: Preparation, kept: Kept, token: str) -> Result:
    """The plan for this choice: kept by the store, or computed now."""
    of_store = kept.plan.plan if kept.plan is not None and kept.plan.of == token else None
    return Result(of_store, pd.DataFrame()) if of_store is not None else _solve(preparation)


def _solve(preparation: Preparation) -> Result:
    """Solve, with a bar; what to loosen where there is no plan."""
    bar = st.progress(0.0, typeset("Recherche du meilleur programme… (une minute au plus)"))

    def show(share: float, what: str) -> None:
        bar.progress(share, typeset(what))

    try:
        return Result(allocate(preparation.problem, progress=show), pd.DataFrame())
    except NoPlanError as error:
        if error.out_of_time:
            return Result(None, pd.DataFrame(), out_of_time=True)
        return Result(None, loosen(preparation.problem, time_limit=20, progress=show))
    finally:
        bar.empty()
