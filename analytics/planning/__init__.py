"""From cases to a prevention programme: what schools need, what the team can give, and whether it helped."""
