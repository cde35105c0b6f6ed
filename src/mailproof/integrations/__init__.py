"""Integrations of mailproof into other tools, each an extra."""
