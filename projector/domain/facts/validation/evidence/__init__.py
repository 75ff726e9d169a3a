"""What a call says, as the proof of a statement: its words, numbers, addresses and names, and where each may stand."""
