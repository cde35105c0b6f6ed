"""The rules of the topic submission, one a file."""
