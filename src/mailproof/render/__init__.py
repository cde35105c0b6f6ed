"""Plain functions from a Report to text."""
