"""For who runs it: health, callers, simulation."""
