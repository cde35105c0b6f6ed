"""The errors that mailproof raises deliberately, each with a one-line message: what, where, how to fix it."""

from __future__ import annotations


class MailproofError(Exception):
    """Base class of all errors that mailproof raises deliberately, with the command line's exit code."""

    exit_code = 2


class Interrupted(MailproofError):
    """Ctrl-C during work whose partial results are of no use."""

    exit_code = 130


class UsageError(MailproofError):
    """The caller's input is invalid (a bad domain name, address or option)."""


class ConfigError(MailproofError):
    """A configuration file cannot be used. The message names file, line and key.

    ``key`` is that of the profile's value at fault, if known, and ``words`` the message without it.
    """

    def __init__(self, words: str, *, key: str = "") -> None:
        self.key, self.words = key, words
        super().__init__(f"{key}: {words}" if key else words)


class ZoneFileError(MailproofError):
    """A zone file cannot be read. The message names file, line and column."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, column: int = 0) -> None:
        self.file, self.line, self.column = file, line, column
        where = ":".join(str(part) for part in (file, line, column) if part)
        super().__init__(f"{where}: {message}" if where else message)


class SnapshotError(MailproofError):
    """A recording cannot be read, or has an unsupported version."""


class MessageError(MailproofError):
    """The input is not a message that can be verified (empty, not text, too large)."""


class CredentialError(MailproofError):
    """A configured credential could not be read (unset variable, failing command, missing keyring entry)."""
