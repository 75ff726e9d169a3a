"""ElevenLabs' three webhooks."""
