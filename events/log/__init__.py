"""What a payload log is, wherever it is kept: events, receipts, and the events that we append ourselves."""
