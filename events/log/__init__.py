"""
What a payload log is, wherever it is kept: its protocol, events and receipts, and the events that we append ourselves.

Others may use all files: `protocol` (`EventLog`), `draft` (`Draft`), `event` (`Event`, `DamagedLine`), `receipt`
(`Receipt`, `Place`), `filing` (the kinds of events), `erasure` and `erasure_request`, `mentions` (whether an event
names a caller), `seal`, and the room `proof` (whether an event of our own is ours). A kind of log, such as
`events/folder_log`, stands beside this room.
"""
