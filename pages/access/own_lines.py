"""The last lines of an account in the log, in French."""

import pandas as pd

from analytics.access.log_words import in_french
from analytics.access.roles import Account
from pages import _access
from pages._widgets import text

N_LINES = 200


def show(account: Account | None) -> None:
    lines = _access.log().last_of(account.mail, N_LINES) if account else []
    text.caption(f"Vos {N_LINES} dernières lignes au plus, la plus récente d’abord. Le journal est gardé un an.")
    text.plain_table(pd.DataFrame(map(in_french, lines)), "Vos accès")
