"""The long run: break ingress, projector and disk under load, and count what was acknowledged and is not there."""
