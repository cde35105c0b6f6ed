"""The rules of the topic inbound, one a file."""
