"""`/health`: whether webhooks are appended and answered, and what is degraded."""
