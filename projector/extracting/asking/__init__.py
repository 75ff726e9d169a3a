"""Asks: when, whom and how often, and appends what is answered. `asker` is what others use."""
