"""Lookups in the read side while a caller is on the line, and the health of the memory engine."""
