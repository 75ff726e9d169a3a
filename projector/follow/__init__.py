"""Keeping the live generation at the journal's end: follow, check, replay."""
