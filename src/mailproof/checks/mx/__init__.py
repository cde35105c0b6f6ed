"""The rules of the topic mx, one a file."""
