"""The rules on the DNS itself, one per file."""
