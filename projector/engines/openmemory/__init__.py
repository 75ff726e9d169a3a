"""OpenMemory as a memory engine: `engine` over a `store`, which is the SDK's or a server's."""
