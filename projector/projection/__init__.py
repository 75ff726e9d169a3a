"""Events in, calls kept, callers folded: one transaction."""
