"""``python -m mailproof``."""

from mailproof.cli.entry import main

main()
