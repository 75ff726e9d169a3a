"""What search finds and what speed costs, measured on real sockets and real files; `make bench`."""
