"""Statements in, rows out: the connection, what values look like on the way, and what statements have in common."""
