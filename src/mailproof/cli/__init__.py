"""The command line: parses options, calls the library, renders, picks the exit code."""
