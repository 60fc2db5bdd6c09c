"""The method of the page Publier: what is suppressed and why, how it is audited, its limits, and a comparison with other methods."""

from analytics.disclosure.catalogue import load_catalogue
from analytics.disclosure.comparison import COMPARISON, measures
from analytics.disclosure.wording import describe_suppression
from analytics.domain.french import count, day, number
from pages._widgets import Context, show_table, text

_COLUMNS = {
    "n_cases": "Dossiers par an",
    "shown": "Relais : montrés",
    "exposed": "exposés",
    "refused_tables": "tableaux refusés",
    "threshold_shown": "Seuil simple : montrés",
    "threshold_exposed": "exposés ",  # a space apart: a table's headings differ
    "base_5_error": "Écart : arrondi à 5",
    "midpoint_6_error": "milieu de 6",
}


def show(context: Context) -> None:
    """The same whatever the records: nothing here is computed from them."""
    rules = load_catalogue().rules
    text.header("Ce qui est retenu")
    text.paragraph(describe_suppression(rules))
    text.paragraph(
        "**Pourquoi de plus grands nombres sont retenus aussi.** Un seul nombre caché se retrouve par soustraction : 12 au "
        "total, 9 ailleurs, il en reste 3. Il faut donc en cacher d’autres dans sa ligne et dans sa colonne. Et comme deux "
        "tableaux qui comptent les mêmes dossiers se complètent, ils sont protégés tous ensemble, en retenant le moins de "
        "nombres possible. Chaque petit nombre garde ainsi la place d’être bien plus grand qu’il n’est."
    )
    text.header("Comment c’est vérifié")
    text.paragraph(
        "Un second programme, qui ne partage rien avec le premier, ne reçoit que les fichiers et les règles. Il cherche le "
        "moins et le plus que peut valoir chaque nombre retenu : comme n’importe qui, puis comme chaque école, qui connaît "
        "ses propres dossiers, et chaque fois avec toutes les publications précédentes. Si un nombre se retrouve ou se "
        f"laisse serrer de trop près, rien ne sort. La preuve doit venir en {number(rules.seconds)} secondes ; sinon, seule "
        "une version arrondie, sans certificat, est proposée."
    )
    text.header("Ce que cela ne couvre pas")
    text.paragraph(
        "- **Des écoles qui mettraient en commun** ce qu’elles savent de leurs dossiers : chacune est envisagée seule.\n"
        "- **Ce que l’on apprend autrement** : un parent, un article, une conversation.\n"
        "- **Ce qui sort sans passer par ici** : une capture d’écran, un tableau marqué « interne ».\n"
        "- **Les corrections tardives** : une période publiée ne l’est pas une seconde fois avec d’autres nombres.\n"
        "- **Les faits eux-mêmes** : on compte ce qui est signalé au service, pas ce que vivent les élèves."
    )
    _compare()


def _compare() -> None:
    text.header("À côté de façons plus simples")
    show_table(measures(), _COLUMNS)
    text.paragraph(
        "**Comment lire.** Les mêmes tableaux d’une année, protégés de quatre façons. « Montrés » : les nombres donnés tels "
        f"quels, sur {number(COMPARISON.n_cells)}. « Exposés » : les nombres retenus que n’importe qui peut retrouver, ou serrer "
        "de trop près. Un arrondi montre tout, mais chaque nombre est faux de cet écart en moyenne, et rien n’est prouvé.\n\n**Que faire.** Si "
        "beaucoup serait retenu, regroupez des catégories ou publiez une période plus longue, plutôt que de baisser le seuil."
    )
    sequences = COMPARISON.sequences
    text.paragraph(
        f"**L’une après l’autre.** {count(sequences.n_sequences, 'suite')} de publications, dans neuf ordres (autres règles, trimestres "
        f"et années, dossiers tardifs, dossier oublié, données perdues), attaquées ensemble : parmi "
        f"{count(sequences.n_suppressed, 'nombre')} retenus, {number(sequences.given_back)} retrouvés, "
        f"{number(sequences.too_close)} serrés sous le seuil, {number(sequences.to_a_school)} pour une école."
    )
    text.caption(
        f"Mesuré le {day(COMPARISON.measured_on)} sur des **registres fictifs** de {COMPARISON.n_schools} écoles, jamais sur vos "
        "données : dire combien de petits nombres contient une vraie publication aiderait à les retrouver. Pour refaire la "
        f"mesure : `{COMPARISON.source}`."
    )
