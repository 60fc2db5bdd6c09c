"""Types d'incidents: what happens, to whom, where and when."""

from pages._widgets import answer, open_records
from pages.incidents import what, when, whom, years

QUESTIONS = {
    "Ce qui arrive": what.show,
    "À qui, par où": whom.show,
    "Quand": when.show,
    "Et l’an dernier ?": years.show,
}

context = open_records(
    "Types d’incidents", "Que se passe-t-il, à quel âge, par quel canal et à quel moment de l’année ?"
)
answer(QUESTIONS, context, key="sujet")
