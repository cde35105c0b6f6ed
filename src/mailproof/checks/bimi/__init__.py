"""The rules of the topic bimi, one per file."""
