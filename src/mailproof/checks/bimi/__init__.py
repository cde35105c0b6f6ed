"""The rules of the topic bimi, one a file."""
