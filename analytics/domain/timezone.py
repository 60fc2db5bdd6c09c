"""Where the clock of the service stands."""

TIMEZONE = "Europe/Brussels"
