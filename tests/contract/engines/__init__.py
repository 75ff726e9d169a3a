"""What every memory engine must keep."""
