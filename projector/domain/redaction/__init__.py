"""What must not be remembered, found and taken out."""
