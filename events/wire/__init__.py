"""What ElevenLabs sends and how it proves that it did: webhooks, signatures, recordings, and who is calling."""
