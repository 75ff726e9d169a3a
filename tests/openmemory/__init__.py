"""An OpenMemory server on the loopback, written after what the real ones answered (`exchanges/`)."""
