"""What the projector command does."""
