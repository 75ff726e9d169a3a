"""OpenMemory in this process."""
