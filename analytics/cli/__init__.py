"""The command ``relais``."""
