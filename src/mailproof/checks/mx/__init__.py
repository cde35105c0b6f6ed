"""The rules of the topic mx, one per file."""
