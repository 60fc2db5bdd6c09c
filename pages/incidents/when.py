"""Reports per week compared with the year before, types per week, and a control chart."""

import pandas as pd

from analytics.charts import incidents as charts
from analytics.charts.signals import SIGNAL_WORDS, control_chart
from analytics.domain.french import count, day, listing, number
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import incidents
from pages._widgets import Context, columns, one_of, show_chart, text
from pages._widgets.weekly import WEEK_COLUMNS, signal_sentence, weekly_chart, weeks_of_year, why_unjudged
from pages.incidents import rare


def show(context: Context) -> None:
    counts = context.snapshot.case_counts(context.selection, ["school_year", "report_week"])
    years = sorted(counts["school_year"].unique(), reverse=True)
    year = one_of("Année scolaire", "annee", {year: year for year in years})
    _weeks(context, counts, year)
    _types(context, year)
    _change(context, counts)
    rare.show(context)


def _weeks(context: Context, counts: pd.DataFrame, year: str) -> None:
    weeks = weeks_of_year(context, counts, year)
    busiest = weeks.loc[weeks["n"].idxmax()]
    text.header("Semaine par semaine")
    show_chart(
        charts.weeks(weeks, year, incidents.year_before(calendar(), year)),
        key="weeks",
        alt=f"La semaine la plus chargée est celle du {day(busiest['week'])}, avec {count(busiest['n'], 'signalement')}.",
        read="une barre par semaine de signalement. Le trait gris est l’année d’avant, à la même semaine d’école ; les bandes "
        "grises sont les congés ; une barre hachurée est une semaine qui n’est pas finie.",
        act="prévoyez vos disponibilités pour les semaines qui reviennent chargées d’une année à l’autre.",
        table=weeks,
        columns=WEEK_COLUMNS,
    )


def _types(context: Context, year: str) -> None:
    snapshot, selection = context.snapshot, context.selection
    by_type = snapshot.incident_counts(selection, ["school_year", "report_week"])
    tiles = incidents.types_by_week(by_type, calendar(), year, snapshot.as_of, list(INCIDENT_TYPES))
    tiles = incidents.between(tiles, selection.first_week, selection.last_week)
    darkest = tiles.loc[tiles["n"].idxmax()]
    text.header("Les types de chaque semaine")
    show_chart(
        charts.week_tiles(tiles, INCIDENT_TYPES.labels),
        key="tiles",
        alt=f"Le plus de dossiers d’un type en une semaine : {INCIDENT_TYPES.label(darkest['incident_type'])}, "
        f"{number(darkest['n'])}, la semaine du {day(darkest['week'])}.",
        read=f"une case par type et par semaine ; la plus bleue en compte {number(darkest['n'])}, une case vide aucun. Le jour "
        "n’est pas conservé : la semaine est ce que nous savons de plus fin.",
        act="cherchez les lignes qui bleuissent d’un coup et le restent : un même contenu circule peut-être dans plusieurs écoles. "
        "Une case seule peut venir du hasard.",
        table=tiles[tiles["n"] > 0],
        columns=columns("week", "incident_type", "n"),
    )


def _change(context: Context, counts: pd.DataFrame) -> None:
    points = weekly_chart(context, counts)
    n_found = (points["signal"] != "none").sum()
    recent = incidents.recent_signals(points)
    if unjudged := why_unjudged(points):
        finding = unjudged
    elif recent.empty:
        finding = "Rien de plus que le hasard dans les quatre dernières semaines d’école."
    else:
        finding = f"Dans les quatre dernières semaines d’école, un signal : {signal_sentence(recent.iloc[0])}."
    text.header("Changement ou hasard ?")
    text.paragraph(finding)
    show_chart(
        control_chart(points, lambda week: f"Semaine du {day(week)}", lambda n: count(n, "dossier"), "dossiers"),
        key="change",
        alt=f"{finding} {count(n_found, 'semaine')} avec un signal sur {number(len(points))}.",
        read="un point par semaine d’école ; les semaines de congé n’y sont pas. Entre les pointillés, le hasard "
        "suffit ; un losange est un signal, plus que ce que le hasard fait d’ordinaire. Même quand rien ne change, les quatre "
        "dernières semaines en montrent un cinq à dix fois sur cent. La semaine en cours est un point vide : elle n’est pas jugée.",
        act="ne réagissez pas à une semaine entre les limites. Devant un losange, cherchez ce qui a changé à ce moment-là : "
        f"{listing(list(SIGNAL_WORDS.values()), 'ou')}.",
        table=points,
        columns=columns(
            period="Semaine du",
            value="Dossiers",
            centre="Moyenne",
            lower="Limite basse",
            upper="Limite haute",
            signal="Signal",
        ),
    )
