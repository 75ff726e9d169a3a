"""Memories beside the live ones: as of a day, or as another setting would make them, and how they differ."""
