"""
Asks others and appends their answers as events: calls from ElevenLabs' API, later the answers of models.

The commands use `backfill` and `elevenlabs`.
"""
