"""Real processes over a real server, led there by `DATABASE_URL` alone."""
