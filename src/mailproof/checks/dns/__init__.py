"""The rules on the DNS itself, one a file."""
