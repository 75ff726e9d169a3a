"""What a search of one caller finds: which memories are looked at, in which order they come, and what meaning adds."""
