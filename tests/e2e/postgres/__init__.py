"""A log in PostgreSQL, with real servers: what only a server can do to us."""
