"""The ground floor: what ElevenLabs sends, the payload log that keeps it, and who is calling."""
