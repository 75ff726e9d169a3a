"""
What a webhook says, where that takes a judgement: which words are speech, who heard them, what was collected.

Only `calls` uses it; the projection uses the words of `speech` for who was there in place of a person.
"""
