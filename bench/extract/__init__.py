"""Measures what a model makes of phone calls: has it asked as an installation does, and compares with gold facts."""
