"""Checks on a schedule: what changed since, told once, kept in SQLite; metrics and alerts."""
