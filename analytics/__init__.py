"""Relais: from the register of a school-mediation service to figures, protocol and prevention. Never imports Streamlit."""
