"""Compose, submit and retrieve real mail."""
