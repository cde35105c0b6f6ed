"""``python -m mailproof``."""

from mailproof.cli.app import main

main()
