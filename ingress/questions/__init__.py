"""
What a question of an agent means.

`webhooks` uses `when` (`understand`). `time_words` holds the words of each language. Pure.
"""
