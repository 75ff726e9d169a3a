"""Real processes, with OpenMemory as their memory engine."""
