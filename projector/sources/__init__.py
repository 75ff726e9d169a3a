"""What is asked of others and appended as events: ElevenLabs' calls, later models' answers."""
