"""Measures what search finds: plays conversations through the webhooks, asks questions, and counts right answers."""
