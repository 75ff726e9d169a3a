"""
Asks others and appends their answers as events: calls from ElevenLabs' API, later the answers of models.

The commands use `backfill` and `elevenlabs`. `bounded_answers` says how much any other server may make us hold; an
engine in another process uses it, too.
"""
