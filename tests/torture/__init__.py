"""The long run: break ingress, projector and disk under load, and count acknowledged calls that are missing."""
