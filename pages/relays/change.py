"""Monthly medians in a control chart, the same weeks of last year, and the previous extract."""

from dataclasses import replace
from datetime import timedelta

from analytics.charts.signals import control_chart
from analytics.domain.french import count, day, number
from analytics.domain.school_calendar import breaks, calendar
from analytics.domain.vocabulary import RELAYS
from analytics.measures import relays, signals
from pages import _data
from pages._widgets import columns, pick, remembered, show_chart, show_table, text
from pages.relays.clock import STEP_LABELS, RelayContext


def show(context: RelayContext) -> None:
    step = pick("Étape", "etape", STEP_LABELS, RELAYS[0])
    _months(context, step)
    _last_year(context)
    _last_extract(context)


@remembered
def _months(context: RelayContext, step: str) -> None:
    counts = context.snapshot.step_counts("school_days", context.selection, ["report_week"], step)
    months = relays.monthly_median(counts, context.snapshot.as_of)
    text.header("La médiane en jours d’école, mois par mois")
    if months.empty:
        text.info("Aucun dossier à suivre pour cette étape avec ces filtres.")
        return
    points = signals.xmr(months, breaks())
    n_signals = int((points["signal"] != "none").sum())
    has_limits = points["centre"].notna().any()
    finding = (
        f"{count(n_signals, 'mois', 'mois')} avec un signal" if has_limits else "trop peu de mois pour des limites"
    )
    show_chart(
        control_chart(points, lambda month: f"{month:%m/%Y}", _days, "médiane, en jours d’école"),
        key="months",
        alt=f"{STEP_LABELS[step]} : {finding}.",
        read="chaque point est le délai, en jours d’école, au bout duquel la moitié des dossiers du mois ont l’étape. Entre les "
        "pointillés, le hasard suffit ; un losange est un signal. Même quand rien ne change, de deux à huit mois sur cent en portent un. Un "
        "point vide est un mois trop récent pour juger. Un mois sans point a moins de "
        f"{relays.MIN_CASES} dossiers, ou moins de la moitié ont l’étape : ce peut être le plus mauvais. "
        f"Il faut {signals.MIN_POINTS} mois entiers pour tracer les limites.",
        act="ne réagissez pas à un point entre les limites. Devant un losange, cherchez ce qui a changé ce mois-là.",
        table=months,
        columns={"period": "Mois", "n_cases": "Dossiers", "value": "Médiane (jours)", "provisional": "Provisoire"},
    )


def _days(median: float) -> str:
    return f"{number(median, 1)} jour{'s' if median >= 2 else ''} d’école"


@remembered
def _last_year(context: RelayContext) -> None:
    text.header("Même période, un an plus tôt")
    spans = calendar().same_weeks(context.snapshot.as_of)
    if spans is None:
        text.info("L’année précédente n’est pas dans le calendrier.")
        return
    clock = context.clock
    selections = [
        replace(context.selection, school_years=(), first_week=first, last_week=last) for first, last in spans
    ]
    now, before = (
        relays.summary(replace(context, selection=selection).step_counts(), clock.delays) for selection in selections
    )
    if before.empty or now.empty:
        text.info("Le registre ne contient pas les deux années : la comparaison viendra.")
        return
    delay = clock.delays[1]
    show_table(
        now.merge(before, on="step", suffixes=("", "_before")),
        columns("step", "n_cases", n_cases_before="Un an plus tôt")
        | {f"within_{delay}": f"Part : {clock.written(delay)}", f"within_{delay}_before": "Un an plus tôt, part"},
    )
    n_days, n_before = (calendar().class_days(first, last + timedelta(days=6)) for first, last in spans)
    text.caption(
        f"Semaines entières du {day(spans[0][0])} au {day(spans[0][1])} (lundis), et les mêmes rangs de semaine un an plus tôt : "
        f"{n_days} jours d’école, contre {n_before}. La semaine en cours n’y est pas."
    )


@remembered
def _last_extract(context: RelayContext) -> None:
    text.header("Depuis l’extrait précédent")
    previous = _data.previous_snapshot(context.snapshot)
    if previous is None:
        text.info("Il n’y a pas d’extrait précédent.")
        return
    now, before = (
        relays.deadline_status(snapshot.step_counts("deadline", context.selection))
        for snapshot in (context.snapshot, previous)
    )
    today, then = day(context.snapshot.as_of), day(previous.as_of)
    show_table(
        now.merge(before, on="step", suffixes=("", "_before")),
        columns(
            "step",
            # Two extracts of one day are two columns too.
            n_overdue_before=f"Hors délai avant, au {then}",
            n_overdue=f"Hors délai au {today}",
            n_waiting_before=f"Encore dans le délai avant, au {then}",
            n_waiting=f"Encore dans le délai au {today}",
        ),
    )
