"""DKIM key pairs: compared with the DNS, made, and replaced."""
