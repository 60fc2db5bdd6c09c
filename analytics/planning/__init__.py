"""Planning and evaluation of the prevention programme: need, allocation within the hours of the team, effect."""
