"""The words of many languages by which a question is understood; nothing here acts."""
