"""Shared by several kinds of tests: samples, logs, sites, servers, and broken disks."""
