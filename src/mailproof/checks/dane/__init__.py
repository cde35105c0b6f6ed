"""The rules of the topic dane, one a file."""
