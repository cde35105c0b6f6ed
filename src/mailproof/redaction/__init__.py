"""The one redactor: it knows every secret of a run, and removes all their forms from what others will read.

It learns a secret where it is fetched (``credentials``), and in ``mail/sasl.py`` what is computed from one.
It is used where evidence enters the report (``engine/hiding.py``), a recording, or the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from mailproof.redaction.limits import MOST_SECRETS

if TYPE_CHECKING:
    from mailproof.redaction.forms import Needles

#: Replaces what was hidden.
HIDDEN = "***"


class Redactor:
    """The secrets of one run, in all their forms."""

    def __init__(self) -> None:
        self._known: dict[str, Needles] = {}

    def __bool__(self) -> bool:
        return bool(self._known)

    def learn(self, secret: str) -> None:
        from mailproof.redaction.forms import SHORTEST, needles

        if len(secret) < SHORTEST:
            return
        found = self._known.pop(secret) if secret in self._known else needles(secret)
        self._known[secret] = found  # now the last to be forgotten
        if len(self._known) > MOST_SECRETS:
            del self._known[next(iter(self._known))]

    def hide(self, text: str) -> str:
        """The text with ``***`` for each form of each secret, however it is encoded or folded."""
        return self.hide_lines((text,))[0] if self._known and text else text

    def hide_lines(self, lines: Sequence[str]) -> tuple[str, ...]:
        """The lines, where a secret may begin on one and end on another."""
        if not self._known:
            return tuple(lines)
        from mailproof.redaction.forms import marks

        found = marks("\n".join(lines), tuple(self._known.values()))
        if found is None:
            return tuple(lines)
        hidden, at = [], 0
        for line in lines:
            hidden.append(_blotted(line, found[at : at + len(line)]))
            at += len(line) + 1
        return tuple(hidden)


def _blotted(text: str, marks: bytearray) -> str:
    """``***`` for each run of marked characters."""
    if 1 not in marks:
        return text
    parts, at = [], 0
    for run in re.finditer(rb"\x01+", marks):
        parts += [text[at : run.start()], HIDDEN]
        at = run.end()
    return "".join((*parts, text[at:]))


#: The command line is one run; a program may make several (``own_secrets``).
_PROCESS = Redactor()
_RUN: ContextVar[Redactor | None] = ContextVar("mailproof_secrets", default=None)


def redactor() -> Redactor:
    """The redactor of this run."""
    own = _RUN.get()
    return _PROCESS if own is None else own


def learn(secret: str) -> None:
    """See Redactor."""
    redactor().learn(secret)


def hide(text: str) -> str:
    """See Redactor."""
    return redactor().hide(text)


def hide_within(value: Any) -> Any:
    """Hide in every text of a value of JSON's types: hiding in its JSON could cut an escape in two."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {key: hide_within(each) for key, each in value.items()}
    if isinstance(value, list):
        texts = len(value) > 1 and all(isinstance(each, str) for each in value)
        return list(redactor().hide_lines(value)) if texts else [hide_within(each) for each in value]
    return value


@contextmanager
def own_secrets() -> Iterator[None]:
    """While inside, secrets belong to this run only: they hide nothing in the program's other reports."""
    token = _RUN.set(Redactor())
    try:
        yield
    finally:
        _RUN.reset(token)
