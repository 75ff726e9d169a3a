"""What is read from a webhook."""
