"""Pure: from calls to memories, without clock, chance or I/O."""
