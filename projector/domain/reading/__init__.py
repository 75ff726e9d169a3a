"""
What a webhook says, where that takes a judgement: which words are speech, who heard them, what was collected.

`calls` uses all of it; the projection the words of `speech` for who was there in place of a person, and whoever
compares data collection ids `ids`.
"""
