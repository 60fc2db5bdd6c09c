"""Counts in, answers out: each measure takes tables and returns a table. It opens no file and reads no clock."""
