"""The programme on one page, for the head of the service, as a tagged A4 PDF."""

from __future__ import annotations

from analytics.documents._templates import pdf
from analytics.documents.plan_workbook import Edition, assumptions
from analytics.domain.french import count, day, long_day, number, percent, typeset
from analytics.domain.vocabulary import SCHOOL_NETWORKS
from analytics.planning.comparison import coverage
from analytics.planning.plans import PLAN_LABELS, by_school, compare_plans

N_SCHOOLS = 10


def plan_pdf(edition: Edition) -> bytes:
    """The summary: what is proposed, beside what, for whom, on which assumptions, and what it does not say."""
    return pdf("plan.typ", edition.made_on, _content(edition))


def _content(edition: Edition) -> dict[str, object]:
    preparation, sessions = edition.preparation, edition.plan.sessions
    problem, programme = preparation.problem, preparation.programme
    beside = compare_plans(problem, sessions).set_index("plan")
    ours = beside.loc["optimum"]
    of_activity = sessions.groupby("activity").agg(
        schools=("school_id", "nunique"), n=("n_groups", "sum"), h=("hours", "sum")
    )
    schools = by_school(problem, sessions, preparation.need, preparation.given)
    covered = coverage(problem, sessions).replace({"name": SCHOOL_NETWORKS.labels})
    return {
        "year": preparation.year.name,
        "as_of": long_day(edition.as_of),
        "made_on": long_day(edition.made_on),
        "demo": edition.is_demo,
        "headline": typeset(
            f"{count(ours['n_sessions'], 'séance')} dans {count(ours['n_schools'], 'école')}, "
            f"{number(ours['hours'])} h d’équipe. Ce programme couvre {percent(ours['share'])} du besoin."
        ),
        "activities": [
            [programme.activities[str(code)].label, number(row["schools"]), number(row["n"]), number(row["h"])]
            for code, row in of_activity.reindex([c for c in programme.labels if c in of_activity.index]).iterrows()
        ],
        "plans": [
            [
                label,
                percent(beside.loc[code, "share"]),
                number(beside.loc[code, "n_schools"]),
                number(beside.loc[code, "n_left_out"]),
            ]
            for code, label in PLAN_LABELS.items()
        ],
        "schools": [
            [name, zone if isinstance(zone, str) else "–", number(n), number(need, 1), number(n_groups)]
            for name, zone, n, need, n_groups in zip(
                *(schools.head(N_SCHOOLS)[c] for c in ("name", "zone", "n", "need", "n_groups")), strict=True
            )
        ],
        "coverage": [
            [name, f"{n_planned} / {n_schools}"]
            for name, n_planned, n_schools in zip(
                *(covered[c] for c in ("name", "n_planned", "n_schools")), strict=True
            )
        ],
        "assumptions": [[typeset(line), typeset(value)] for line, value in assumptions(edition)],
        "first": day(preparation.team.first_week),
    }
