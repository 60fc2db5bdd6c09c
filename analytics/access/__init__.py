"""Who may do what: the guard before the server, roles, sessions, tickets for downloads, and the log. Knows no Streamlit."""
