"""Schools above the funnel's 99.8 % limit."""

from analytics.domain.french import count
from analytics.measures import schools
from pages._widgets import Context, Indicator, Link, address

SHOWN_SCHOOLS = 2


def indicator(context: Context) -> Indicator:
    selection = context.selection
    rated = schools.rates(schools.teaching(context.snapshot.school_counts(selection), selection.school_levels))
    beyond = schools.outliers(rated)
    beyond = beyond[beyond["flag"] == "above_998"]
    links = [
        Link(name, "school", address(selection, ecole=school_id))
        for name, school_id in zip(beyond["name"].head(SHOWN_SCHOOLS), beyond["school_id"], strict=False)
    ]
    n_silent, n_unrated = int((rated["n"] == 0).sum()), int(rated["rate"].isna().sum())
    if len(beyond):
        note = "Plus de dossiers que leur taille et le hasard ne l’expliquent."
    elif n_unrated == len(rated):
        note = "Sans le nombre d’élèves, les écoles ne se comparent pas."
    else:
        note = f"Aucune n’est à part des autres. {count(n_silent, 'école')} sans dossier."
    return Indicator(
        "Où regarder",
        count(len(beyond), "école") if len(beyond) else "Aucune école",
        note=note,
        counts="Les écoles au-dessus de la limite à 99,8 % de l’entonnoir, élargie si les écoles diffèrent entre elles ; la plus "
        "élevée au taux prudent d’abord.",
        numerator=count(len(beyond), "école"),
        denominator=count(len(rated) - n_unrated, "école"),
        left_out=f"{count(n_unrated, 'école')} dont le nombre d’élèves manque",
        links=(*links, Link("Voir les écoles", "schools", address(selection))),
    )
