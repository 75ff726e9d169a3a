"""What the projector command answers to an operator: callers, failures, and how all of it stands."""
