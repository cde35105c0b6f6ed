"""SASL mechanisms (RFC 4422) from the client's side, shared by SMTP, IMAP and POP3."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from msgspec import Struct

from mailproof.credentials import Secret, revealed
from mailproof.redaction import learn

MAX_CHALLENGE = 8192
#: Rounds of hashing that a server may ask for (SCRAM): a quarter of a second. RFC 7677 asks for 4,096.
MAX_SCRAM_ITERATIONS = 1_000_000

#: The strongest first; a password is only ever sent over TLS or where the user said so.
_WITH_PASSWORD = ("SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN")
_WITH_TOKEN = ("OAUTHBEARER", "XOAUTH2")


class SaslError(Exception):
    """The server's part of the exchange is not what the mechanism allows."""


class Login(Struct, frozen=True):
    """Who logs in, and with what. Exactly one of password and token is set, apart from APIs: there the
    password is the key, and a refresh token may be beside it.
    """

    username: str
    password: Secret | None = None
    token: Secret | None = None
    host: str = ""
    port: int = 0
    refresh_token: Secret | None = None


def choose(offered: Sequence[str], login: Login, wanted: str | None) -> str | None:
    """The mechanism to use: the wanted one where offered, else the strongest one in common. None: none."""
    names = {name.upper() for name in offered}
    if wanted:
        return wanted if wanted.upper() in names else None
    usable = _WITH_TOKEN if login.token else _WITH_PASSWORD
    return next((name for name in usable if name in names), None)


def answer(mechanism: Mechanism, challenge: str | bytes) -> bytes:
    """The answer to a challenge, both in base64. Raises SaslError."""
    import base64
    import binascii

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
        """The first message of the client, None where the server speaks first. Raises SaslError for a secret
        that the mechanism cannot carry.
        """
        self._said += 1
        return next(self._steps)

    def respond(self, challenge: bytes) -> bytes:
        """The answer to a challenge. Raises SaslError."""
        self._said += 1
        try:
            return self._steps.send(challenge) or b""
        except StopIteration:
            raise SaslError(f"the server asks for more than {self.name} has") from None

    def verify_success(self) -> None:
        """Called when the server says that it worked. Raises SaslError where it did not prove itself."""
        if self.name == "SCRAM-SHA-256" and self._said < 3:
            raise SaslError("SCRAM: the server did not prove that it knows the password")


#: What is said, sent the server's challenge to it; the first is None where the server speaks first.
_Steps = Generator[bytes | None, bytes, None]


def _plain(login: Login) -> _Steps:
    """RFC 4616."""
    words = f"\0{login.username}\0{revealed(login.password)}".encode()
    yield words
    yield words  # of a server that asks for them nonetheless


def _login(login: Login) -> _Steps:
    """The old LOGIN: the server asks for the user name, then for the password, in any words."""
    yield None
    yield login.username.encode()
    yield revealed(login.password).encode()


def _cram_md5(login: Login) -> _Steps:
    """RFC 2195."""
    import hmac

    challenge = yield None
    digest = hmac.new(revealed(login.password).encode(), challenge, "md5").hexdigest()
    learn(digest)  # with the challenge, it lets the password be guessed
    yield f"{login.username} {digest}".encode()


def _scram(login: Login) -> _Steps:
    """RFC 5802 and 7677, through the library scramp. The server must prove that it knows the password."""
    from scramp import ScramClient, ScramException

    try:
        client = ScramClient(["SCRAM-SHA-256"], login.username, revealed(login.password))
    except ScramException as error:  # as SASLprep (RFC 4013) says
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
    """A hostile server could ask for an hour of hashing."""
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
    """Google's and Microsoft's own; a failure comes as a challenge, which is answered with nothing."""
    words = f"user={login.username}\x01auth=Bearer {revealed(login.token)}\x01\x01".encode()
    failure = yield words
    yield b"" if failure else words


def _oauthbearer(login: Login) -> _Steps:
    """RFC 7628; a failure comes as a challenge, which is answered with a single ^A."""
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
