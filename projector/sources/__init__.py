"""
Asks others and appends their answers as events: calls from ElevenLabs' API, and what models say of a call.

The commands use `backfill` and `elevenlabs`. `models` asks any language model one question, and `extraction` says which
one about a call. `bounded_answers` says how much any other server may make us hold; an engine in another process uses
it, too.
"""
