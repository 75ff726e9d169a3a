"""Tables of what is learned from calls: what models said of them, and the statements of it that count."""
