"""Mes accès: what an account opened, took and changed, as the log has it."""

from pages import _access
from pages._widgets import text
from pages.access import own_lines

text.title("Mes accès", "Qu’est-ce que le journal des accès retient de votre compte ?")
own_lines.show(_access.account())
