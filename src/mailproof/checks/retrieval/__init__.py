"""The rules of the topic retrieval, one per file."""
