"""The rules of what large receivers demand, one a receiver."""
