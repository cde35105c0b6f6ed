"""The command line: parses options, calls the library, renders, picks the exit code."""

import gc

# Start-up creates many objects that live until exit; collecting garbage in between costs a tenth of the time.
gc.set_threshold(100_000, 50, 100)
