"""mailproof inside other tools, each of which is an extra."""
