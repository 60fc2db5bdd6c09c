"""Publier: what may leave the service, with the proof that it exposes nobody."""

from pages import _data
from pages._widgets import Context, answer, text
from pages.publish import method, period, released

QUESTIONS = {"Une période": period.show, "Ce qui est sorti": released.show, "La méthode": method.show}

text.title("Publier", "Que peut-on montrer au dehors sans exposer personne ?")
context = Context(_data.snapshot())
if context.snapshot.is_demo:
    text.warning("**Données fictives.** La publication le dira à chaque page.", "science")
answer(QUESTIONS, context, "Voir", "publier")
