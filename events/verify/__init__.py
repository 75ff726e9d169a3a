"""Verifies that nothing of a log is missing, altered or slipped in."""
