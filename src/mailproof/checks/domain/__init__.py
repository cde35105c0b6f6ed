"""The rules of the topic domain, one per file."""
