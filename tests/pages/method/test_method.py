"""Comment c'est compté: each claim with what it promises and what was measured, with no records."""

from analytics.domain.data import CONTENT


def test_each_claim_stands_with_its_measure(visit, tmp_path, text):
    table = visit("method", tmp_path).table[0].value
    assert len(table) == len(CONTENT.claims.claims) > 0
    assert list(table.columns) == ["Ce que l’écran dit", "Promis", "Mesuré", "Tenu"]
    assert table["Tenu"].tolist() == ["oui" if claim.held else "non" for claim in CONTENT.claims.claims]
