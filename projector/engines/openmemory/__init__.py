"""OpenMemory as a memory engine."""
