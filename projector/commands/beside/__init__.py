"""What a following projector does beside its work, in threads that nothing waits for."""
