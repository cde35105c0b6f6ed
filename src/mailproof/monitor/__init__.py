"""Scheduled checks: each change is reported once; state in SQLite, metrics and alerts."""
