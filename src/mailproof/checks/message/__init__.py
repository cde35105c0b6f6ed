"""The rules of the topic message, one a file."""
