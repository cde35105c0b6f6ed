"""Schedules collectors, isolates failures, runs the checks, builds the Report."""
