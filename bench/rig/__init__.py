"""The tools of the benchmarks: load, logs, bare loops to compare with, and tables."""
