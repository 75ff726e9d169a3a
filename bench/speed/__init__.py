"""How fast it is, and what it needs of the machine."""
