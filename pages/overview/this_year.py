"""How many cases since the school year began, and how many threats to life, against the same weeks of last year."""

from analytics.domain.french import count
from analytics.measures import years
from analytics.workflows.comparing import NO_YEAR_BEFORE, compared_in_all, which_weeks
from pages._widgets import Context, Indicator, Link, address


def cases(context: Context) -> Indicator:
    return _indicator(context, "Depuis la rentrée", Link("Voir les types", "incidents", address(context.selection)))


def threats(context: Context) -> Indicator:
    link = Link("Voir à qui", "incidents", address(context.selection, sujet="À qui, par où"))
    return _indicator(context, "Dont la vie est menacée", link, danger=True)


def _indicator(context: Context, label: str, link: Link, *, danger: bool = False) -> Indicator:
    answer = compared_in_all(context.snapshot, context.selection, danger=danger)
    if answer.empty:
        counts = context.snapshot.case_counts(context.selection, ["danger"])
        n = counts.loc[counts["danger"], "n"].sum() if danger else context.n_cases
        return Indicator(
            label,
            count(n, "dossier"),
            note=NO_YEAR_BEFORE,
            counts="Les dossiers qui répondent aux filtres.",
            links=(link,),
        )
    row = answer.iloc[0]
    return Indicator(
        label,
        count(row["n"], "dossier"),
        note=years.sentence(row),
        counts=f"{which_weeks(context.snapshot, context.selection)} Les signalements viennent par grappes : le mot en tient compte.",
        left_out="la semaine en cours",
        uncertainty=f"l’écart, à jours d’école égaux, est entre {row['lower']:+.0f} et {row['upper']:+.0f}",
        links=(link,),
    )
