"""Programme de prévention: what to give where and when, why there, and whether one could see that it helped."""

from pages._widgets import open_records
from pages.prevention import activities, comparison, computing, evaluation, lots, need, programme

QUESTIONS = (programme, comparison, lots, need)  # of the schools that can be planned
OF_RECORDS = (evaluation, activities)

context = computing.compute(
    open_records(
        "Programme de prévention", "Que donner, dans quelles écoles, quelles semaines, et pourquoi là ?", filtered=False
    )
)
for question in QUESTIONS + OF_RECORDS:
    question.show(context)
