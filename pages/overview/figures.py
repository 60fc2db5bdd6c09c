"""What waits, how many against last year, and what is new, as figures side by side."""

from pages._widgets import Context, remembered, show_indicators
from pages.overview import new_cases, this_year, waiting

_FIGURES = (waiting.indicator, this_year.cases, this_year.threats, new_cases.indicator)


@remembered
def show(context: Context) -> None:
    show_indicators([figure(context) for figure in _FIGURES], context.snapshot.as_of)
