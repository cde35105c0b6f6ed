"""The rules on blocklists, one a file."""
