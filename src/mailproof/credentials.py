"""Gets passwords and tokens from the environment, a command or the system keyring, never from a file.

A secret is kept in a ``Secret``, which appears as ``***`` in logs, tracebacks and reports.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import BinaryIO, Literal, NoReturn

from msgspec import Struct

from mailproof.errors import CredentialError
from mailproof.redaction import learn

#: Time limit for a command that prints a secret, in seconds.
COMMAND_TIMEOUT_S = 30.0
#: Octets that such a command may print; the first line is the secret.
MAX_SECRET_BYTES = 64 * 1024


class Secret:
    """A text that cannot be shown by accident. Only the code that sends it calls ``reveal()``."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The plain text."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(Secret)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not stored")


def revealed(secret: Secret | None) -> str:
    """The plain text of a secret; "" for None."""
    return secret.reveal() if secret is not None else ""


class Credential(Struct, frozen=True):
    """A reference to a secret. ``source`` is the variable, the command (words) or the keyring's service.

    ``value`` is a secret passed directly by a program; configuration files can't have it.
    """

    kind: Literal["env", "command", "keyring", "value"]
    source: tuple[str, ...] = ()
    value: Secret | None = None

    @classmethod
    def of(cls, text: str) -> Credential:
        """Wrap a secret that a program already has."""
        return cls("value", (), Secret(text))


async def resolve_secret(
    credential: Credential, username: str = "", part: Callable[[str], str] = str
) -> Secret:
    """Fetch the secret and register it (or the secret ``part`` of it) for redaction in reports.

    Raises CredentialError, whose message says what to do.
    """
    secret = await _fetched(credential, username)
    learn(part(secret.reveal()))
    return secret


async def _fetched(credential: Credential, username: str) -> Secret:
    if credential.kind == "value":
        if credential.value is None:
            raise CredentialError("an empty credential was given")
        return credential.value
    if credential.kind == "env":
        return _from_environment(credential.source[0])
    if credential.kind == "command":
        return await _from_command(credential.source)
    return await _from_keyring(credential.source[0], username)


def _from_environment(name: str) -> Secret:
    text = os.environ.get(name, "")
    # Any other name may be the secret itself, given by mistake.
    shown = f"the environment variable {name if name.isidentifier() and name.isupper() else 'you named'}"
    if not text:
        raise CredentialError(f"{shown} is not set: export it, or name another")
    return _checked(text, shown)


async def _from_command(words: tuple[str, ...]) -> Secret:
    name = f"the credential command {words[0]!r}"
    ours, its = os.pipe()  # asyncio's own pipe could not be closed while a grandchild holds it open
    with os.fdopen(ours, "rb") as pipe:
        try:
            process = await asyncio.create_subprocess_exec(
                *words, stdin=asyncio.subprocess.DEVNULL, stdout=its, stderr=asyncio.subprocess.DEVNULL
            )
        except (OSError, ValueError) as error:  # ValueError: a NUL in a word
            reason = getattr(error, "strerror", None) or error
            raise CredentialError(f"{name} could not be started: {reason}") from None
        finally:
            os.close(its)
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT_S):
                output = await _output(pipe)
                if len(output) > MAX_SECRET_BYTES:
                    raise CredentialError(f"{name} printed more than {MAX_SECRET_BYTES // 1024} KiB")
                await process.wait()
        except TimeoutError:
            raise CredentialError(f"{name} did not end within {COMMAND_TIMEOUT_S:.0f} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode:
        raise CredentialError(f"{name} failed with exit code {process.returncode}: run it by hand")
    lines = output.decode("utf-8", "surrogateescape").splitlines()
    return _checked(lines[0] if lines else "", name)


async def _output(pipe: BinaryIO) -> bytes:
    """Read the output of the command, stopping once it is longer than any secret."""
    reader = asyncio.StreamReader(MAX_SECRET_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    output = b""
    try:
        while len(output) <= MAX_SECRET_BYTES and (piece := await reader.read(MAX_SECRET_BYTES)):
            output += piece
    finally:
        transport.close()
    return output


async def _from_keyring(service: str, username: str) -> Secret:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise CredentialError(
            "credentials from the keyring need the extra: pip install 'mailproof[keyring]'"
        ) from None
    try:
        text = await asyncio.to_thread(keyring.get_password, service, username)
    except keyring.errors.KeyringError as error:
        raise CredentialError(f"cannot read {service!r} from the keyring: {error}") from None
    if not text:
        raise CredentialError(
            f"the keyring has nothing for service {service!r} and user {username!r}: "
            f"store it with `keyring set {service} {username}`"
        )
    return _checked(str(text), f"the keyring entry {service!r}")


def _checked(text: str, origin: str) -> Secret:
    """Validate a secret: a line break or NUL could terminate a protocol command early."""
    if not text:
        raise CredentialError(f"{origin} gave nothing")
    if any(c in text for c in "\r\n\0"):
        raise CredentialError(f"{origin} contains a line break or NUL, which a password can't")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CredentialError(f"{origin} is not UTF-8, which a password must be") from None
    return Secret(text)
