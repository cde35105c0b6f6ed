"""Patterns for the forms of notifications, replies and logs (``data/notifications.toml``)."""

from __future__ import annotations

import re

from msgspec import Struct

from mailproof.data.reading import read


class _Form(Struct, frozen=True):
    name: str
    tier: int
    pattern: str
    above: bool = False


class _Words(Struct, frozen=True):
    any: tuple[str, ...]
    before: str = ""
    after: str = ""


class _File(Struct, frozen=True):
    parts: dict[str, str]
    form: tuple[_Form, ...]
    words: dict[str, _Words]
    named: dict[str, tuple[str, ...]]


class Form(Struct, frozen=True):
    """A form in which a line names a recipient; ``above`` if the reasons come before the line, not after."""

    pattern: re.Pattern[str]
    tier: int
    above: bool


_LOCAL = r"(?:\"[^\"\s<>]{1,100}\"|[^\s<>\"'(),;:\[\]\\=]{1,100})"
_PLAIN = rf"[\"']?(?P<b>{_LOCAL}@[A-Za-z0-9][A-Za-z0-9._-]{{0,254}})[\"']?"
_ADDRESS = rf"(?:<{_PLAIN.replace('<b>', '<a>')}>|{_PLAIN})"
_FILE = read("notifications.toml", _File)
_PARTS = {**_FILE.parts, "address": _ADDRESS, "plain": _PLAIN}


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub("«(.+?)»", lambda found: _PARTS[found[1]], pattern), re.IGNORECASE)


FORMS = tuple(Form(_compiled(each.pattern), each.tier, each.above) for each in _FILE.form)
#: What replies and logs may name.
NAMED = {name: tuple(map(_compiled, patterns)) for name, patterns in _FILE.named.items()}
_WORDS = {
    name: _compiled(f"{each.before}(?:{'|'.join(each.any)}){each.after}")
    for name, each in _FILE.words.items()
}
OTHERS = _WORDS["others"]
OTHER_LINES = _WORDS["other_lines"]
QUOTED = _WORDS["quoted"]
POSSIBLE = _WORDS["possible"]
CUT = _WORDS["cut"]
HEADER = _WORDS["header"]
TRACE = _WORDS["trace"]
DAEMONS = _WORDS["daemons"]
SUBJECTS = _WORDS["subjects"]
REFUSED = _WORDS["refused"]
UNDELIVERED = _WORDS["undelivered"]
EXPIRED = _WORDS["expired"]
_DELAYED = _WORDS["delayed"]
_GIVEN_UP = _WORDS["given_up"]
_CONDITIONAL = _WORDS["conditional"]


def is_delay(text: str) -> bool:
    """Whether a notification reports a delay, and does not also say that the server gave up."""
    return _DELAYED.search(text) is not None and _GIVEN_UP.search(_CONDITIONAL.sub("", text)) is None


def has_given_up(text: str) -> bool:
    """Whether it says that the server gave up, and does not also report a delay."""
    return _DELAYED.search(text) is None and _GIVEN_UP.search(text) is not None
