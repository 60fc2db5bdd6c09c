"""From a number of the register to a case."""

from analytics.intake import Key


def test_a_case_is_found_by_its_number_and_the_number_is_not_kept(ask, extracts, monkeypatch, tmp_path, text):
    (tmp_path / "relais.key").write_text((b"k" * 32).hex())
    (tmp_path / "relais.key").chmod(0o600)  # a key that others can read is refused
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))
    app = ask(question="Délais et retards")
    app.text_input[0].input("2026/0304").run()
    assert f"**{Key(b'k' * 32).pseudonym('2026/0304')}**" in text(app)
    app.text_input[0].input("1999/9999").run()
    assert "Aucun dossier ne porte ce numéro" in text(app)
    assert "9999" not in str(app.query_params)
