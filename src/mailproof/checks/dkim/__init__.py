"""The rules of the topic dkim, one a file."""
