"""The reports of each week of the last school year that has some among those chosen."""

from dataclasses import replace

from analytics.charts import incidents as charts
from analytics.domain.french import count, day
from analytics.domain.school_calendar import calendar
from analytics.measures import incidents
from analytics.workflows.comparing import cases_by_week
from pages._widgets import Context, remembered, show_chart, text
from pages._widgets.weekly import WEEK_COLUMNS, weeks_of_year


@remembered
def show(context: Context) -> None:
    every_year = replace(context.selection, school_years=())  # the year before stands beside
    counts = cases_by_week(context.snapshot, every_year)
    year = max(set(counts["school_year"]) & set(context.selection.school_years or counts["school_year"]))
    weeks = weeks_of_year(context, counts, year)
    text.paragraph(f"**Signalements par semaine, {year}**")
    show_chart(
        charts.weeks(weeks, year, incidents.year_before(calendar(), year), height=190),
        key="weeks",
        alt=f"{count(weeks['n'].sum(), 'signalement')} depuis le {day(weeks['week'].iloc[0])}.",
        read="une barre par semaine ; le trait gris est l’année d’avant, à la même semaine d’école ; une barre hachurée est la "
        "semaine en cours ; les bandes grises sont les congés.",
        act="pour savoir ce que la saison n’explique pas, voyez « Quand » à la page Types d’incidents : une semaine haute n’est pas une tendance.",
        table=weeks,
        columns=WEEK_COLUMNS,
        folded=True,
    )
