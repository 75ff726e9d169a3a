"""What an agent is told, in sentences."""
