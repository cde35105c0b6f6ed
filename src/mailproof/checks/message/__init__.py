"""The rules of the topic message, one per file."""
