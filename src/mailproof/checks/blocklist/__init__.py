"""The rules on blocklists, one per file."""
