"""The payload log kept in a folder: immutable files and one journal."""
