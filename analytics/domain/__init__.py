"""The words and rules that everything else stands on: vocabularies, schema, calendar, selection, French, errors."""
