"""What several kinds of test share: samples, logs, sites, servers, and broken disks."""
