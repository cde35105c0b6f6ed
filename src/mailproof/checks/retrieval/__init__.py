"""The rules of the topic retrieval, one a file."""
