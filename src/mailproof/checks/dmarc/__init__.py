"""The rules of the topic dmarc, one a file."""
