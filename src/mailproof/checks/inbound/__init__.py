"""The rules of the topic inbound, one per file."""
