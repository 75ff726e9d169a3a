"""What search finds: conversations are played through the webhooks, and what is asked for is counted."""
