"""
Imports payloads that have no receipts.

The `events` command uses `importer` (`Importer`). All else belongs to this room.
"""
