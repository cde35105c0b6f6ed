"""The rules of the topic spf, one a file."""
