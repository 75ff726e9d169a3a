"""
Whether an event of our own is really ours: an HMAC under `LOG_KEY`, which does not lie where the log is kept.

Others may use all files: `keys` (`LogKeys`, which sign and verify), `proofs` (`Proofs`, which know what of one log may
be obeyed), and `head` (`Head`, the end of a chain, signed).
"""
