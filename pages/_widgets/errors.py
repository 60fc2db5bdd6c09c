"""Run a page or a part of it, and show an exception in French, without a value of the register."""

import logging
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from streamlit.navigation.page import StreamlitPage

from analytics.domain.errors import RelaisError
from pages import _access
from pages._widgets import text

_LOG = logging.getLogger("relais")


@contextmanager
def explained() -> Generator[None]:
    """Show the sentence of a RelaisError. On an unexpected exception, show a generic message and log its type and location,
    never a value.
    """
    try:
        yield
    except RelaisError as error:
        text.error(str(error))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        _LOG.error("%s in %s, line %s", type(error).__name__, Path(place.filename).name, place.lineno)
        text.error(
            "Cette page a rencontré une erreur. Vos données sont intactes. Rechargez la page ; si l’erreur revient, "
            "signalez-la avec l’heure qu’il est."
        )


def run(page: StreamlitPage, folder: str) -> None:
    """Note that the page of ``folder`` is opened, and run it."""
    with explained():
        _access.enter(folder)
        page.run()
