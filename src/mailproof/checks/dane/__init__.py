"""The rules of the topic dane, one per file."""
