"""
Asks a language model one question: of OpenAI, of Anthropic, of a server that speaks as OpenAI's does, or of a file.

`protocol` is what others see; `open` alone opens a provider, and only then is a vendor's SDK imported.
"""
