"""The client side of SASL mechanisms (RFC 4422), shared by SMTP, IMAP and POP3."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Generator, Sequence

from msgspec import Struct

from mailproof.credentials import Secret, revealed
from mailproof.redaction import learn

MAX_CHALLENGE = 8192
#: Steps of one sign-in.
MAX_AUTH_STEPS = 8
#: Iterations that a server may demand (SCRAM), about a quarter of a second. RFC 7677: 4,096 or more.
MAX_SCRAM_ITERATIONS = 1_000_000

#: Strongest first; a password is only ever sent over TLS, or if the user permits otherwise.
_WITH_PASSWORD = ("SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN")
_WITH_TOKEN = ("OAUTHBEARER", "XOAUTH2")


class SaslError(Exception):
    """The server's part of the exchange violates the mechanism."""


class Login(Struct, frozen=True):
    """Credentials. Exactly one of password and token is set, except for APIs.

    There the password is the key, and there may also be a refresh token.
    """

    username: str
    password: Secret | None = None
    token: Secret | None = None
    host: str = ""
    port: int = 0
    refresh_token: Secret | None = None


def choose(offered: Sequence[str], login: Login, wanted: str | None) -> str | None:
    """The mechanism to use: the wanted one if offered, else the strongest in common; None if none."""
    names = {name.upper() for name in offered}
    if wanted:
        return wanted if wanted.upper() in names else None
    usable = _WITH_TOKEN if login.token else _WITH_PASSWORD
    return next((name for name in usable if name in names), None)


def answer(mechanism: Mechanism, challenge: str | bytes) -> bytes:
    """The response to a challenge, both in base64. Raises SaslError."""
    try:
        return base64.b64encode(mechanism.respond(base64.b64decode(challenge[:MAX_CHALLENGE])))
    except binascii.Error as error:
        raise SaslError(str(error)) from None


class Mechanism:
    """One exchange: ``initial`` first, then ``respond`` to each challenge."""

    def __init__(self, name: str, login: Login) -> None:
        self.name = name
        self._steps = _MECHANISMS[name](login)
        self._said = 0

    def initial(self) -> bytes | None:
        """The client's first message, None if the server goes first.

        Raises SaslError for a secret that the mechanism cannot transmit.
        """
        self._said += 1
        return next(self._steps)

    def respond(self, challenge: bytes) -> bytes:
        """The response to a challenge. Raises SaslError."""
        self._said += 1
        try:
            return self._steps.send(challenge) or b""
        except StopIteration:
            raise SaslError(f"the server asks for more than {self.name} has") from None

    def verify_success(self) -> None:
        """Call when the server reports success. Raises SaslError if SCRAM did not authenticate it."""
        if self.name == "SCRAM-SHA-256" and self._said < 3:
            raise SaslError("SCRAM: the server did not prove that it knows the password")


#: Yields the client's messages and is sent the challenges; the first is None if the server goes first.
_Steps = Generator[bytes | None, bytes, None]


def _plain(login: Login) -> _Steps:
    """RFC 4616."""
    words = f"\0{login.username}\0{revealed(login.password)}".encode()
    yield words
    yield words  # for a server that asks for it nonetheless


def _login(login: Login) -> _Steps:
    """The obsolete LOGIN: the server prompts for the user name, then for the password, in any words."""
    yield None
    yield login.username.encode()
    yield revealed(login.password).encode()


def _cram_md5(login: Login) -> _Steps:
    """RFC 2195."""
    challenge = yield None
    digest = hmac.new(revealed(login.password).encode(), challenge, "md5").hexdigest()
    learn(digest)  # together with the challenge, it allows guessing the password
    yield f"{login.username} {digest}".encode()


def _scram(login: Login) -> _Steps:
    """RFC 5802 and 7677, using scramp. The server must prove that it knows the password."""
    from scramp import ScramClient, ScramException

    try:
        client = ScramClient(["SCRAM-SHA-256"], login.username, revealed(login.password))
    except ScramException as error:  # by SASLprep (RFC 4013)
        raise SaslError(f"SCRAM: the user name or the password cannot be used: {error}") from None
    challenge = yield str(client.get_client_first()).encode()
    try:
        text = challenge.decode("utf-8")
        _bounded_iterations(text)
        client.set_server_first(text)
        final = str(client.get_client_final())
        learn(final.rpartition("p=")[2])  # as with CRAM-MD5
        challenge = yield final.encode()
        client.set_server_final(challenge.decode("utf-8"))
    except (ScramException, ValueError, KeyError, IndexError) as error:
        raise SaslError(f"SCRAM: {str(error)[:200]}") from None
    yield b""


def _bounded_iterations(server_first: str) -> None:
    """Raises SaslError for an excessive count: a hostile server could demand an hour of hashing."""
    for part in server_first.split(","):
        count = part[2:]
        if part[:1] == "i" and not (
            count.isascii()
            and count.isdigit()
            and len(count) <= len(str(MAX_SCRAM_ITERATIONS))
            and 1 <= int(count) <= MAX_SCRAM_ITERATIONS
        ):
            raise SaslError("SCRAM: the server demands an unreasonable number of iterations")


def _xoauth2(login: Login) -> _Steps:
    """Google's and Microsoft's own; a failure comes as a challenge, to which the response is empty."""
    words = f"user={login.username}\x01auth=Bearer {revealed(login.token)}\x01\x01".encode()
    failure = yield words
    yield b"" if failure else words


def _oauthbearer(login: Login) -> _Steps:
    """RFC 7628; a failure comes as a challenge, to which the response is a single ^A."""
    user = login.username.replace("=", "=3D").replace(",", "=2C")
    place = f"host={login.host}\x01port={login.port}\x01"
    words = f"n,a={user},\x01{place}auth=Bearer {revealed(login.token)}\x01\x01".encode()
    failure = yield words
    yield b"\x01" if failure else words


_MECHANISMS: dict[str, Callable[[Login], _Steps]] = {
    "PLAIN": _plain,
    "LOGIN": _login,
    "CRAM-MD5": _cram_md5,
    "SCRAM-SHA-256": _scram,
    "XOAUTH2": _xoauth2,
    "OAUTHBEARER": _oauthbearer,
}
