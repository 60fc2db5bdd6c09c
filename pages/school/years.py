"""The cases of a school from year to year."""

from analytics.charts import schools as charts
from analytics.domain.french import count
from analytics.workflows.comparing import NO_YEAR_BEFORE, which_weeks
from analytics.workflows.one_school import OneSchool, by_year, year_sentence
from pages._widgets import columns, remembered, show_chart, text


@remembered
def show(context: OneSchool) -> None:
    years = by_year(context)
    sentence = year_sentence(context)
    text.header("D’une année à l’autre")
    text.paragraph(f"**{sentence}** {which_weeks(context.snapshot, context.selection)}" if sentence else NO_YEAR_BEFORE)
    show_chart(
        charts.year_bars(years),
        key="years",
        alt="Dossiers de l’école par année scolaire : "
        + " ; ".join(
            f"{year}, {count(n, 'dossier')}" for year, n in zip(years["school_year"], years["n"], strict=True)
        ),
        read="chaque barre est une année scolaire, l’orange y menace la vie. L’année en cours n’est pas finie : ne la comparez pas "
        "aux autres, la phrase ci-dessus prend les mêmes semaines des deux côtés.",
        act="plus de signalements peut être plus de faits, ou plus de confiance : "
        + ("notez ce qui a changé chez vous." if context.is_alone else "demandez à l’école ce qui a changé."),
        table=years,
        columns=columns(school_year="Année scolaire") | columns("n", n_danger="Vie menacée", is_running="En cours"),
    )
