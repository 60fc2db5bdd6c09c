"""Fiche d'une école: its cases by year and type, its relays against its own deadlines, beside its network and level."""

from pages._widgets import open_records
from pages.school import deadlines, figures, paper, types, years
from pages.school.chosen import choose

QUESTIONS = (paper, figures, years, types, deadlines)

records = open_records(
    "Fiche d’une école",
    "Que s’y passe-t-il, et ses relais sont-ils activés dans ses propres délais ?",
    without=("bureaux",),
)
context = choose(records)
for question in QUESTIONS:
    question.show(context)
