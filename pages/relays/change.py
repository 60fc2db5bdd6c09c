"""Monthly medians in a control chart, the same weeks of last year, and the previous extract."""

from analytics.charts.signals import control_chart
from analytics.domain.french import day, number
from analytics.domain.school_calendar import breaks
from analytics.domain.vocabulary import RELAYS
from analytics.measures import relays, signals, years
from analytics.workflows.comparing import NO_YEAR_BEFORE, shares_compared, which_weeks
from pages import _data
from pages._widgets import columns, pick, remembered, show_changes, show_chart, show_table, text
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
    finding = signals.finding(points)
    text.paragraph(f"**{finding}**")
    show_chart(
        control_chart(points, lambda month: f"{month:%m/%Y}", _days, "médiane, en jours d’école"),
        key="months",
        alt=f"{STEP_LABELS[step]} : {finding}",
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
    clock = context.clock
    delay = clock.delays[1]
    text.header("Même période, un an plus tôt")
    context.danger_note()
    answer = shares_compared(
        context.snapshot, lambda chosen: context.counts(["school_group"], selection=chosen), delay, context.selection
    )
    if answer.empty:
        text.info(NO_YEAR_BEFORE)
        return
    text.paragraph(f"La part des dossiers où l’étape est faite {clock.within(delay)}.")
    show_changes(answer, "step", STEP_LABELS)
    in_points = answer.rename(columns={name: f"points_{name}" for name in ("difference", "lower", "upper")})
    show_table(
        in_points,
        columns("step", n_cases="Dossiers", share="Part", n_cases_before="Dossiers, un an plus tôt")
        | {"share_before": "Part, un an plus tôt", "points_difference": "Écart (points)"}
        | {"points_lower": "Bas (95 %)", "points_upper": "Haut (95 %)", "verdict": "Ce que l’on peut dire"},
    )
    text.caption(
        f"{which_weeks(context.snapshot, context.selection)} L’écart se situe entre « bas » et « haut », compte tenu de ce que les "
        f"écoles diffèrent. Il faut {years.FEWEST_CASES} dossiers par année, de {years.FEWEST_GROUPS} écoles, et des dates. "
        "Quand rien ne change, cinq tableaux sur cent au plus disent « plus » ou « moins »."
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
            n_waiting_before=f"Dans le délai avant, au {then}",
            n_waiting=f"Dans le délai au {today}",
        ),
    )
