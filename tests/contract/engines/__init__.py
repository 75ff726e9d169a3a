"""The promises that every memory engine must keep."""
