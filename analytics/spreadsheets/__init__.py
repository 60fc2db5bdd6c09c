"""Spreadsheets and CSV files, read and written safely. Knows no register."""
