"""A fictitious register in the shape of a real one, to show and to test with."""

from analytics.synthetic.register import synthetic_register

__all__ = ["synthetic_register"]
