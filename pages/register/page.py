"""Registre: what Relais holds, and how a register comes in: check, correct, import, take back."""

from analytics.store import StoreError
from pages import _data
from pages._widgets import text
from pages.register import contents, importing, office, state

text.title("Registre", "Que contient Relais, et comment y importer votre registre ?")
store = _data.store()
summary = None
try:
    _data.prepare()
    summary = state.store_summary(store)
except StoreError as error:
    text.error(str(error))
if summary is not None and summary.is_demo:
    text.warning("**Données fictives.** Votre premier registre les remplace.", "science")

of_office = office.choose(store)
importing.show(store, of_office)
if summary is not None:
    contents.show(store, summary, of_office)
