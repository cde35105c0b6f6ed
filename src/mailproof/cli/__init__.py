"""The command line: parses options, calls the library, renders, picks the exit code."""

import gc

# Start-up makes many objects that live to the end: collecting while they are made costs a tenth of it.
gc.set_threshold(100_000, 50, 100)
