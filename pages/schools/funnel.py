"""Funnel plot of the rates of the schools."""

import pandas as pd

from analytics.charts import schools as charts
from analytics.domain.french import count, number
from analytics.measures import schools
from pages._widgets import Link, address, columns, show_chart, text
from pages.schools.rated import RatedSchools


def show(context: RatedSchools) -> None:
    rated = context.rated
    lines, beyond = schools.funnel_lines(rated), schools.outliers(rated)
    is_beyond = bool(len(beyond)) and beyond["flag"].iloc[0] == "above_998"
    text.header("Dossiers et taille de l’école")
    if lines.empty:
        finding = "Sans le nombre d’élèves, les écoles ne se comparent pas."
    elif is_beyond:
        finding = f"{count(len(beyond), 'école')} au-dessus de la limite à 99,8 %."
    else:
        finding = "Aucune école ne sort de l’entonnoir : aucune n’est à part des autres."
    spread = _spread(lines)
    text.paragraph(f"**{finding}** {spread}")
    if n_unsized := int(rated["rate"].isna().sum()):
        text.caption(
            f"{count(n_unsized, 'école')} sans nombre d’élèves : elles comptent partout, sauf dans les taux et l’entonnoir."
            + (" Leurs noms viennent du registre : la feuille Écoles manque." if rated["provisional"].all() else "")
        )
    if context.selection.school_levels:
        text.caption(
            "Seules les écoles qui enseignent ces niveaux, ou qui y ont un dossier, sont comparées. Les taux divisent par tous leurs "
            "élèves, pas par ceux des seuls niveaux choisis."
        )
    show_chart(
        charts.funnel(rated, lines),
        key="funnel",
        alt=f"{finding} {spread}",
        read="chaque rond est une école : sa taille vers la droite, ses dossiers pour 1 000 élèves vers le haut, sur la période "
        "choisie. Les traits disent jusqu’où va le hasard : l’entonnoir est large à gauche, car dans une petite école deux dossiers "
        "font déjà un taux élevé. Rond plein : au-delà de 95 % (le hasard seul y met jusqu’à une école sur vingt) ; losange : au-delà de 99,8 %.",
        act="une école dans l’entonnoir n’est pas une crise. Appelez d’abord celles qui en sortent par le haut, puis celles qui "
        "n’ont jamais rien signalé. Pour comparer, prenez le taux prudent : il tient compte de la taille.",
        table=rated.sort_values("name"),
        columns=columns("name", "school_network", "zone", "n_pupils", "n", n_open="Ouverts")
        | {"last_week": "Dernier, semaine du", "rate": "Pour 1 000 élèves"}
        | columns("lower", "upper", shrunken_rate="Taux prudent", flag="Entonnoir"),
    )
    for _, row in beyond.head(6 if is_beyond else 0).iterrows():
        label = f"{row['name']} : {count(row['n'], 'dossier')}, taux prudent {number(row['shrunken_rate'], 1)}"
        Link(label, "school", address(context.selection, ecole=row["school_id"])).show()


def _spread(lines: pd.DataFrame) -> str:
    """Whether the schools differ more than chance allows, as a sentence; "" when they cannot be compared."""
    if lines.empty:
        return ""
    phi = lines["over_dispersion"].iloc[0]
    if phi > 1:
        return (
            f"Les écoles diffèrent plus que le hasard ne le veut (leurs écarts sont {number(phi**0.5, 1)} fois plus grands) : les limites "
            "sont élargies d’autant, et seules les écoles à part des autres en sortent."
        )
    return "Dans l’ensemble, rien ne montre que les écoles diffèrent plus que le hasard ne le veut."
