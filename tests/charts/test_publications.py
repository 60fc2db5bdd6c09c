"""A published table as a chart: what is shown as bars, what is suppressed as the span in which it lies."""

from analytics.charts.publications import published_bars


def test_a_withheld_number_is_a_hollow_bar_from_the_least_to_the_most(published_table):
    shown, suppressed = published_bars(published_table, "Type").figure.data
    assert (list(shown.y), list(shown.x)) == (["Insultes"], [20])
    assert (list(suppressed.y), list(suppressed.base), list(suppressed.x)) == (["Menaces", "Autre"], [2, 1], [7, 19])


def test_each_bar_says_its_number_or_what_anyone_can_know_of_it(published_table):
    words = [note.text for note in published_bars(published_table, "Type").figure.layout.annotations]
    assert words == ["20", "de 2 à 9", "au moins 1"]
