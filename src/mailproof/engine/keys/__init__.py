"""DKIM key pairs: compared with the DNS, created, and rotated."""
