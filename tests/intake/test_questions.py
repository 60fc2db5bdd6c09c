"""A question names no value of the register, unless the word may be shown to who has the file."""

from __future__ import annotations

from analytics.intake.questions import Question, UnansweredError, column_question

WORD = Question(
    "word", "Que veut dire « Aaa » ici ?", {"other": "Autre", "insults": "Insultes"}, ("words", "incident_types", "zut")
)


def test_the_first_choice_is_the_default():
    assert WORD.default == "other"


def test_only_what_is_asked_of_the_coordinator_holds_the_word():
    shown = Question(WORD.code, WORD.text, WORD.choices, WORD.place, word="zut \\1")
    assert shown.asked == "Que veut dire « zut \\1 » ici ?"
    assert WORD.asked == WORD.text
    assert "zut" not in repr(shown) + repr(shown.summary)


def test_a_question_about_a_column_blocks_and_its_answer_stands_under_its_header():
    question = column_question("Suivi PMS", "Est-ce une étape ?", {"step:cpms": "Oui"}, 4)
    assert (question.place, question.blocking, question.n_rows) == (("columns", "suivi pms"), True, 4)


def test_an_import_that_stops_says_what_blocks_it_and_no_more():
    blocking = column_question("Suivi", "Est-ce une étape ?", {"step:cpms": "Oui"}, 4)
    stopped = UnansweredError((WORD, blocking))
    assert str(stopped).endswith("sans une réponse. Est-ce une étape ?")
    assert stopped.questions == (WORD, blocking)
