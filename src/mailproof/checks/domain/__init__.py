"""The rules of the topic domain, one a file."""
