"""Answers become Plotly figures. A chart computes nothing: each takes what a measure returned and draws it."""
