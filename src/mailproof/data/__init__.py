"""Dated data with its sources (TOML)."""
