"""
What ElevenLabs sends and how it proves that it did: webhooks, signatures, recordings, and who is calling.

Others may use all files: `webhooks` (the Structs), `signature` (`Verifier`, `sign`), `shared_secrets` (`Secrets`),
`caller` (caller keys, `masked`), `outline` (a body without its long strings), `recording` (the MP3 in an audio event).
Pure but for the files of recordings.
"""
