"""The rules of the topic submission, one per file."""
