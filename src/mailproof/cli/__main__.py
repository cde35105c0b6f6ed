"""``python -m mailproof.cli``."""

from mailproof.cli.app import main

main()
