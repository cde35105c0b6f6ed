"""Master files (RFC 1035 section 5): scanner, reader and the resulting zones."""
