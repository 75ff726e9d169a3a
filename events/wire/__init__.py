"""
What ElevenLabs sends and how it proves that it did: webhooks, signatures, recordings, and who is calling.

Others may use all files: `webhooks` (the Structs), `signature` (`Verifier`, `sign`), `shared_secrets` (`Secrets`),
`caller` (caller keys, `masked`), `people` (whose call it is), `spellings` (the other keys of one line), `timezone` (the
zones in which days are counted), `outline` (a body without its long strings), `recording` (the MP3 in an audio event),
and the room `reading` (webhooks with odd values, and whom an event of any type names). Pure but for the files of
recordings, and for the zones, which come with a package.
"""
