"""Solvers of linear programmes: knows no case."""

from analytics.solving.silent import linprog as linprog
from analytics.solving.silent import milp as milp
