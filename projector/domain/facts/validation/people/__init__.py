"""Whose a fact is: the caller's, or that of somebody of whom they speak."""
