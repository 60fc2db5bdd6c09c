"""How many schools have a case, how many never had one, concentration and repeats."""

from analytics.domain.french import count, number, percent
from analytics.measures import schools
from pages._widgets import Indicator, remembered, show_indicators
from pages.schools.rated import RatedSchools


@remembered
def show(context: RatedSchools) -> None:
    rated, tenth = context.rated, context.tenth
    n_schools, n_reached, n_never = len(rated), int((rated["n"] > 0).sum()), len(context.never_seen)
    counts = context.snapshot.case_counts(context.selection, ["school_id", "report_week"])
    repeats = schools.repeats(counts).iloc[0]
    of_schools = f"{count(n_schools, 'école')} de la feuille Écoles"
    left_out = "les écoles des autres réseaux et zones, et celles qui n’enseignent pas les niveaux choisis, quand un filtre est mis"
    n_top = tenth["n_top"]
    most_concerned = "l’école qui en a" if n_top == 1 else f"les {number(n_top)} écoles qui en ont"
    entries = [
        Indicator(
            "Écoles avec au moins un dossier",
            f"{number(n_reached)} sur {number(n_schools)}",
            note=f"{percent(n_reached / n_schools)} des écoles" if n_schools else "",
            counts="Les écoles de la feuille Écoles qui ont au moins un dossier parmi ceux que vous avez choisis.",
            numerator=count(n_reached, "école"),
            denominator=of_schools,
            left_out=left_out,
        ),
        Indicator(
            "Écoles jamais vues au registre",
            number(n_never),
            note="Ne rien signaler n’est pas être à l’abri.",
            counts="Les écoles qui n’ont aucun dossier depuis le début du registre, tous types et toutes années. Peu de "
            "signalements peut vouloir dire peu de faits, ou peu de confiance.",
            numerator=count(n_never, "école"),
            denominator=of_schools,
            left_out=left_out,
        ),
        Indicator(
            "Dossiers des écoles qui en ont le plus",
            percent(tenth["share"]),
            note=f"le hasard seul donnerait {percent(tenth['expected'])}",
            counts=f"La part des dossiers dans {most_concerned} le plus. Même si chaque élève d’un niveau "
            "courait le même risque, un dixième des écoles en aurait plus que sa part : c’est ce que dit le hasard seul "
            f"({schools.N_DRAWS} tirages, entre {percent(tenth['lower'])} et {percent(tenth['upper'])}).",
            numerator=count(tenth["n_top_cases"], "dossier"),
            denominator=count(tenth["n_cases"], "dossier"),
            left_out=f"{count(tenth['n_left_out'], 'école')} sans nombre d’élèves ou sans niveau",
        ),
        Indicator(
            "Dossiers qui en suivent un autre",
            percent(repeats["share"]),
            note=f"le hasard seul donnerait {percent(repeats['expected'])}",
            counts="La part des dossiers signalés dans les quatre semaines après un autre de la même école. Le hasard seul : si "
            "les dossiers de chaque école tombaient à n’importe quelle semaine, les semaines chargées comptant plus.",
            numerator=count(repeats["n"], "dossier"),
            denominator=count(repeats["n_cases"], "dossier"),
        ),
    ]
    show_indicators(entries, context.snapshot.as_of)
