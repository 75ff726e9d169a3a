"""OpenMemory as tests need it: answers as recorded, in process, or a real server."""
