"""File system steps that survive a power cut."""
