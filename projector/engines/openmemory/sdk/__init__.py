"""OpenMemory inside this process, through its Python SDK."""
