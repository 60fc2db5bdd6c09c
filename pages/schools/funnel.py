"""Funnel plot of the cases of the schools over those expected of their pupils and level."""

from functools import partial

import pandas as pd

from analytics.charts import schools as charts
from analytics.domain.french import count, listing, number
from analytics.domain.vocabulary import TEACHING_LEVELS
from analytics.measures import schools
from analytics.measures.funnel import BUNCHED
from pages._widgets import Link, address, columns, remembered, show_chart, text
from pages.schools.finding import open_school
from pages.schools.rated import RatedSchools


@remembered
def show(context: RatedSchools) -> None:
    rated = context.rated
    lines, beyond = schools.funnel_lines(rated, context.bunching), schools.outliers(rated)
    is_beyond = bool(len(beyond)) and beyond["flag"].iloc[0] == "above_998"
    text.header("Dossiers, taille et niveau de l’école")
    if lines.empty:
        finding = "Sans nombre d’élèves ni niveau, les écoles ne se comparent pas."
    elif is_beyond:
        finding = f"{count(len(beyond), 'école')} au-dessus de la limite à 99,8 %."
    else:
        finding = "Aucune école ne sort de l’entonnoir : aucune n’est à part des autres."
    spread = _spread(lines, context.bunching)
    text.paragraph(f"**{finding}** {spread}")
    if n_unrated := int(rated["rate"].isna().sum()):
        text.caption(
            f"{count(n_unrated, 'école')} sans nombre d’élèves ou sans niveau : elles comptent partout, sauf dans les taux et "
            "l’entonnoir."
            + (" Leurs noms viennent du registre : la feuille Écoles manque." if rated["provisional"].all() else "")
        )
    if context.selection.school_levels:
        text.caption(
            "Seules les écoles qui enseignent ces niveaux, ou qui y ont un dossier, sont comparées. Les taux divisent par tous leurs "
            "élèves, pas par ceux des seuls niveaux choisis."
        )
    show_chart(
        charts.funnel(rated, lines, TEACHING_LEVELS.labels),
        key="funnel",
        alt=f"{finding} {spread}",
        read="chaque rond est une école. Vers la droite, les dossiers que l’on attend d’elle d’après ses élèves et son niveau ; vers le "
        "haut, ce qu’elle en a : 2 veut dire deux fois plus. Les traits disent jusqu’où va le hasard parmi les écoles du même niveau : "
        "ils s’écartent à gauche, car là où l’on attend peu, deux dossiers font déjà beaucoup. Rond plein : au-delà de 95 % (le "
        "hasard seul y met jusqu’à une école sur vingt) ; losange : au-delà de 99,8 % (deux sur mille au plus). Touchez un rond pour ouvrir "
        "la fiche de l’école.",
        act="une école dans l’entonnoir n’est pas une crise. Appelez d’abord celles qui en sortent par le haut, puis celles qui "
        "n’ont jamais rien signalé. Pour comparer, prenez le taux prudent : celui de l’école, rapproché de celui de son niveau "
        "d’autant plus qu’elle est petite.",
        table=rated.sort_values("name"),
        columns=columns("name", "school_network", "school_level", "zone", "n_pupils", "n", n_open="Ouverts")
        | {"last_week": "Dernier, semaine du", "expected": "Attendus", "rate": "Pour 1 000 élèves"}
        | columns("lower", "upper", shrunken_rate="Taux prudent", flag="Entonnoir"),
        opens=partial(open_school, selection=context.selection),
    )
    first = beyond.head(6 if is_beyond else 0)
    for code, name, n, rate in zip(
        *(first[column] for column in ("school_id", "name", "n", "shrunken_rate")), strict=True
    ):
        label = f"{name} : {count(n, 'dossier')}, taux prudent {number(rate, 1)} pour 1 000 élèves"
        Link(label, "school", address(context.selection, ecole=code)).show()


def _spread(lines: pd.DataFrame, bunching: float) -> str:
    """Why the limits are wider than chance alone makes them, as a sentence; "" when schools cannot be compared."""
    if lines.empty:
        return ""
    levels = lines.drop_duplicates("school_level")
    apart = [TEACHING_LEVELS.label(level).lower() for level in levels.loc[levels["spread"] > 0, "school_level"]]
    found = (
        f"Les écoles de même niveau diffèrent plus que le hasard ne le veut ({listing(apart)}, chaque niveau jugé seul) : les "
        "limites sont élargies d’autant."
        if apart
        else "À niveau égal, rien ne montre que les écoles diffèrent plus que le hasard ne le veut."
    )
    if bunching > BUNCHED:
        found += (
            f" Un signalement vient souvent avec d’autres de la même école ({number(bunching - 1, 1)} en moyenne) : les limites en "
            "tiennent compte."
        )
    return found
