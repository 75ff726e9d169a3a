"""What each of our processes is told, and what it says."""
