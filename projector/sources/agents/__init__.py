"""Asks ElevenLabs about agents, beside the projection: what each is called, and how it speaks."""
