"""What a following projector does beside its work, in threads and processes that nothing waits for."""
