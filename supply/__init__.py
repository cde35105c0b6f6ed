"""What a release is made of, and whether it may be trusted: ``./run release``, ``./run advisories``."""
