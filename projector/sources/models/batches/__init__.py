"""
Asks a vendor many questions at once, for half the price, and fetches the answers within a day.

`protocol` is what others see, `open` alone opens one. What comes back for a question is read as any answer is.
"""
