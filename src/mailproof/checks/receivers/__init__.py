"""The rules on the requirements of large receivers, one per receiver."""
