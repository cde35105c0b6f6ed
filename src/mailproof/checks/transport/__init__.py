"""The rules of the topic transport, one per file."""
