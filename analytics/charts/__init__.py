"""Plotly figures of what the measures return. A chart computes nothing."""
