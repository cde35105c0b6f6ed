"""The command line: parses options, calls the library, renders, picks the exit code."""

import gc
import os

# Start-up makes many objects that live to the end: collecting while they are made costs a tenth of it.
gc.set_threshold(100_000, 50, 100)
# Typer validates by pydantic, whose search for plugins reads the metadata of all that is installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
