"""Which calls a model is asked about, and which is next. `unread` is what the asker uses."""
