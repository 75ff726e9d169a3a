"""What benchmarks measure with: load, logs, bare loops to compare with, and tables."""
