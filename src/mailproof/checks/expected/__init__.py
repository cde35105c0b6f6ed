"""The rules of the topic expected, one per file."""
