"""Reports per week compared with the year before, types per week, and what is beyond the season."""

from dataclasses import replace

from analytics.charts import incidents as charts
from analytics.charts.signals import control_chart
from analytics.domain.french import count, day, listing, number
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import incidents, surveillance
from analytics.workflows.comparing import cases_by_week, compared, compared_in_all, types_by_week, which_weeks
from pages._widgets import Context, columns, one_of, pick, remembered, show_changes, show_chart, show_table, text
from pages._widgets.weekly import ALL, NOTHING, SERIES, SHORT, WEEK_COLUMNS, Weekly, signal_sentence, weeks_of_year


def show(context: Context) -> None:
    years = sorted(cases_by_week(context.snapshot, context.selection)["school_year"].unique(), reverse=True)
    year = one_of("Année scolaire", "annee", {year: year for year in years})
    _weeks(context, year)
    _types(context, year)
    weekly = _weekly(context)
    _beyond_season(context)
    loudest = weekly.signals["series"].iloc[0] if len(weekly.signals) else ALL
    _series(context, pick("Ce qui est compté", "compte", SERIES, loudest))


def _weekly(context: Context) -> Weekly:
    return context.remember(lambda: Weekly(context), "weekly")


@remembered
def _weeks(context: Context, year: str) -> None:
    weeks = weeks_of_year(context, cases_by_week(context.snapshot, context.selection), year)
    busiest = weeks.loc[weeks["n"].idxmax()]
    text.header("Semaine par semaine")
    of_year = replace(context.selection, school_years=(year,))
    show_changes(compared_in_all(context.snapshot, of_year), "all", {True: "Signalements"})
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


@remembered
def _types(context: Context, year: str) -> None:
    counts = types_by_week(context.snapshot, context.selection)
    tiles = incidents.types_by_week(counts, calendar(), year, context.snapshot.as_of, list(INCIDENT_TYPES))
    tiles = incidents.between(tiles, context.selection.first_week, context.selection.last_week)
    darkest = tiles.loc[tiles["n"].idxmax()]
    text.header("Les types de chaque semaine")
    of_year = replace(context.selection, school_years=(year,))
    changed = compared(context.snapshot, "incident_type", list(INCIDENT_TYPES), of_year)
    show_changes(changed, "incident_type", INCIDENT_TYPES.labels)
    if len(changed):
        text.caption(which_weeks(context.snapshot, of_year))
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


@remembered
def _beyond_season(context: Context) -> None:
    weekly = _weekly(context)
    text.header("Au-delà de la saison ?")
    text.paragraph(_finding(weekly))
    summary = surveillance.summary(weekly.charts)
    show_table(
        summary.assign(watched=summary["series"].map(SERIES)),
        {"watched": "Ce qui est compté", "value": "Quatre dernières semaines", "centre": "Attendu", "signal": "Signal"},
    )


@remembered
def _series(context: Context, chosen: str) -> None:
    charted = _weekly(context).charts
    points = charted[charted["series"] == chosen]
    n_found = (points["signal"] != "none").sum()
    show_chart(
        control_chart(points, lambda week: f"Semaine du {day(week)}", lambda n: count(n, "dossier"), "dossiers"),
        key="change",
        alt=f"{SERIES[chosen]} : {count(n_found, 'semaine')} avec un signal sur {number(len(points))}.",
        read="un point par semaine d’école. Le trait plein est ce que l’on attend d’après les jours d’école de la semaine, la saison "
        "des années gardées et le niveau de l’année ; entre les pointillés, c’est ordinaire ; un losange est un signal. "
        "Un point vide est une semaine que l’on écrit encore : elle n’est pas jugée. Même quand rien ne "
        "change, les quatre dernières semaines d’un graphique montrent un signal une fois sur cent environ, et l’un des dix graphiques de cinq à douze fois.",
        act="devant un losange, relisez ensemble les dossiers de la semaine et voyez ce qui les relie. Chaque menace pour la vie reste une "
        "urgence, avec ou sans signal.",
        table=points,
        columns=columns(
            period="Semaine du",
            value="Dossiers",
            centre="Attendu",
            lower="Limite basse",
            upper="Limite haute",
            signal="Signal",
        ),
    )


def _finding(weekly: Weekly) -> str:
    """What the last weeks of all series say, as French sentences."""
    if weekly.known == "short":
        return SHORT
    found = [signal_sentence(row) for _, row in weekly.signals.drop_duplicates("series").iterrows()]
    said = f"Dans les quatre dernières semaines d’école : {listing(found)}." if found else NOTHING
    return f"{said} {weekly.caution}".rstrip()
