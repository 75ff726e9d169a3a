"""
What ElevenLabs sends and how it proves that it did: webhooks, signatures, recordings, and who is calling.

Others may use all files: `webhooks` and `detection` (the Structs), `signature` (`Verifier`, `sign`), `shared_secrets`
(`Secrets`), `caller` (caller keys, `masked`), `people` (whose call it is), `spellings` (the other keys of one line),
`outline` (a body without its long strings), `recording` (the MP3 in an audio event). Pure but for the files of
recordings.
"""
