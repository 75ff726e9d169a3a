"""Measures how fast the product is, and what it needs of the machine."""
