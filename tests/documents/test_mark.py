"""What internal data bear wherever they leave a screen."""

from datetime import date

from analytics.documents.mark import internal_caption


def test_a_caption_says_that_it_is_internal_what_was_chosen_and_as_of_when():
    said = internal_caption("année 2025-2026", date(2026, 11, 20))
    assert said == "interne – ne pas diffuser · année 2025-2026 · données au 20/11/2026"
