"""The rules of the topic spf, one per file."""
