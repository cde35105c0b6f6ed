"""Pipeline logs: stop GitHub's runner from obeying workflow commands in text output.

A second line of defence: no output contains such commands (``mailproof.runners``). JSON and images are not
enclosed, as a program may read them from standard output.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailproof.cli import interrupts


@contextmanager
def unobeyed(write: Callable[[str], object]) -> Iterator[None]:
    """A context in which GitHub's runner obeys nothing that is written; it resumes afterwards in any case."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        yield
        return
    import secrets

    token = secrets.token_hex(16)
    resume = f"\n::{token}::\n"
    before, interrupts.STATE.last_words = interrupts.STATE.last_words, resume.encode()
    write(f"::stop-commands::{token}\n")
    try:
        yield
    finally:
        write(resume)
        interrupts.STATE.last_words = before
