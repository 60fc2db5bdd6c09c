"""Écoles concernées: where cases are reported, and where none ever was."""

from pages._widgets import open_records
from pages.schools import by_group, figures, finding, funnel, never_seen, tenth
from pages.schools.rated import RatedSchools

QUESTIONS = (finding, figures, funnel, tenth, by_group, never_seen)

records = open_records(
    "Écoles concernées",
    "D’où viennent les signalements, compte tenu du nombre d’élèves ?",
    without=("bureaux",),  # a school has pupils and a zone, and no office
)
context = RatedSchools(records.snapshot, records.selection)
for question in QUESTIONS:
    question.show(context)
