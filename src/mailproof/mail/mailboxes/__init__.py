"""Shared by all mailboxes: limits, the conversation with a server, and the parts kept of a message."""
