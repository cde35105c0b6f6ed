"""What the places of arrival share: limits, the talk with a server, what is kept of a message."""
