"""Comment c’est compté: what sentences about chance promise, and what they were measured to do. Needs no records."""

import pandas as pd

from analytics.domain.data import CONTENT
from analytics.domain.french import day
from pages._widgets import text

text.title("Comment c’est compté", "Ce que Relais dit du hasard, et combien de fois il se trompe.")
text.paragraph(
    "Une phrase comme « plus que d’ordinaire » promet de se tromper rarement. Chaque promesse est mesurée sur des milliers de "
    "**registres fictifs** où l’on sait ce qui est vrai, jamais sur vos données. Une promesse qui n’est pas tenue reste dans ce "
    "tableau : lisez alors la phrase avec prudence."
)
claims = CONTENT.claims.claims
text.plain_table(
    pd.DataFrame(
        {
            "Ce que l’écran dit": [claim.sentence for claim in claims],
            "Promis": [claim.promised for claim in claims],
            "Mesuré": [claim.measured for claim in claims],
            "Tenu": ["oui" if claim.held else "non" for claim in claims],
        }
    ),
    alt="Chaque phrase sur le hasard, ce qu’elle promet et ce qui a été mesuré",
)
text.caption(
    f"Mesuré le {day(max(claim.measured_on for claim in claims))}. Pour refaire la mesure : {CONTENT.claims.source}."
)
