"""What a person has done with models: calls asked about, and what that would cost."""
