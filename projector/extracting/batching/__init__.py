"""Asks by batches: `submitter` submits them, `taker` fetches what was answered. Both need the lock of who asks."""
