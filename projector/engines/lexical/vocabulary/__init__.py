"""Turns text into search terms. `terms` is for the rest of the engine, the other files are for `terms`."""
