"""Verifying a log: that nothing of it is missing, altered or slipped in."""
