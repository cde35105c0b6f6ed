"""The rules of domains that send no mail, one a file."""
