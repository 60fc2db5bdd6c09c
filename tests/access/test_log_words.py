"""A line of the log in French, whole or altered."""

from analytics.access.log_words import in_french


def test_a_line_is_told_in_french_at_the_time_of_brussels():
    line = {"at": "2026-07-01T10:00:00.000+00:00", "who": "a@x", "role": "analyse", "act": "page", "rows": 3}
    line |= {"what": {"page": "incidents", "school_years": ["2025-2026"]}, "result": "ok"}
    assert list(in_french(line).values()) == [
        "01/07/2026 12:00:00",
        "a@x",
        "analyse",
        "page",
        "page incidents · school_years 2025-2026",
        "3",
        "fait",
    ]


def test_an_altered_line_is_told_as_far_as_it_goes_and_moves_no_cursor():
    shown = in_french({"who": "a\x1b[2Jb", "at": "once", "what": None})
    assert (shown["Compte"], shown["Le"], shown["Quoi"]) == ("a[2Jb", "–", "–")
