"""The rules of the topic expected, one a file."""
