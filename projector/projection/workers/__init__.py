"""Processes that do for a replay what needs no database."""
