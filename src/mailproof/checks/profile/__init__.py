"""The rules for domains that send no mail, one per file."""
