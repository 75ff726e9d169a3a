"""What a log is, wherever it is kept: its protocol, events and receipts, and the events that we append ourselves."""
