"""A published table as a chart: what is shown as bars, what is suppressed as the span in which it lies."""

from analytics.charts.publications import published_bars


def published(table):
    return table("""
        Type     | Niveau | Nombre | De | À
        Insultes | S1     |     12 |    |
        Insultes | Total  |     20 |    |
        Menaces  | S1     |        |  1 | 8
        Menaces  | Total  |        |  2 | 9
        Autre    | S1     |        |  1 |
        Autre    | Total  |        |  1 |
        Total    | S1     |     15 |    |
        Total    | Total  |     25 |    |
    """).astype(dict.fromkeys(("Nombre", "De", "À"), "Int64"))


def test_a_withheld_number_is_a_hollow_bar_from_the_least_to_the_most(table):
    shown, suppressed = published_bars(published(table), "Type").figure.data
    assert (list(shown.y), list(shown.x)) == (["Insultes"], [20])
    assert (list(suppressed.y), list(suppressed.base), list(suppressed.x)) == (["Menaces", "Autre"], [2, 1], [7, 19])


def test_each_bar_says_its_number_or_what_anyone_can_know_of_it(table):
    words = [note.text for note in published_bars(published(table), "Type").figure.layout.annotations]
    assert words == ["20", "de 2 à 9", "au moins 1"]
