"""Composing, submitting and fetching back real mail."""
