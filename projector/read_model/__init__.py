"""All that is known of each caller, as the projector wrote it, for others to read."""
