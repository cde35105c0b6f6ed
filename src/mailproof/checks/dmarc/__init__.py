"""The rules of the topic dmarc, one per file."""
