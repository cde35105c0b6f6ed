"""The rules of the topic transport, one a file."""
