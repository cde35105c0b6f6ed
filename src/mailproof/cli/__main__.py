"""``python -m mailproof.cli``."""

from mailproof.cli.entry import main

main()
