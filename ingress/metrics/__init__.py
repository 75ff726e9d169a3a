"""
What this worker counts and times, for Prometheus. No label holds anything that a sender chose.

Others may use `counting` (`Metrics`) and `exposing` (the text of all workers together).
"""
