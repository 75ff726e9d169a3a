"""
What this worker counts and times, for Prometheus, and what it records for OpenTelemetry. No label and no attribute
holds anything that a sender chose.

Others may use `counting` (`Metrics`), `exposing` (the text of all workers together) and `traces` (`recording_of`).
"""
