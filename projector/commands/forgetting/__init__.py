"""What the projector command forgets: a caller who asks for it, and calls that are kept no longer."""
