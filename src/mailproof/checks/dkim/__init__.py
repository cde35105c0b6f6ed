"""The rules of the topic dkim, one per file."""
