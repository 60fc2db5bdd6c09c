"""Programme de prévention: what to give where and when, why there, and whether one can see that it helps."""

from pages._widgets import answer, open_records
from pages.prevention import computing, evaluation, need, programme

answer(
    {"Le programme": programme.show, "Le besoin": need.show, "Évaluer": evaluation.show},
    computing.compute(
        open_records(
            "Programme de prévention",
            "Que donner, dans quelles écoles, quelles semaines, et pourquoi là ?",
            filtered=False,
        )
    ),
)
