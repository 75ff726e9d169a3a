"""Imports payloads that have no receipts."""
