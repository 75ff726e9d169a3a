"""What is asked of the read side while a caller is on the line."""
