"""Checks on a schedule: what changed since, reported once, kept in SQLite; metrics and alerts."""
