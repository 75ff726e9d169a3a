"""The words of times in six languages beyond the nine: Arabic, Turkish, Hindi, Japanese, Korean and Chinese."""
