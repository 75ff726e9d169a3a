"""Importing payloads that have no receipts."""
