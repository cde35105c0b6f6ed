"""SASL mechanisms (RFC 4422) from the client's side, shared by SMTP, IMAP and POP3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from mailproof.credentials import Secret
from mailproof.mail.limits import MAX_SCRAM_ITERATIONS
from mailproof.redaction import learn

if TYPE_CHECKING:
    from scramp import ScramClient

MAX_CHALLENGE = 8192

#: The strongest first; a password is only ever sent over TLS or where the user said so.
_WITH_PASSWORD = ("SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN")
_WITH_TOKEN = ("OAUTHBEARER", "XOAUTH2")


class SaslError(Exception):
    """The server's part of the exchange is not what the mechanism allows."""


class Mechanism(Protocol):
    """One exchange. ``initial`` is None where the server speaks first."""

    name: str

    def initial(self) -> bytes | None:
        """The first message of the client. Raises SaslError for a secret that the mechanism cannot carry."""

    def respond(self, challenge: bytes) -> bytes:
        """The answer to a challenge. Raises SaslError."""

    def verify_success(self) -> None:
        """Called when the server says that it worked. Raises SaslError where it did not prove itself."""


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


def start(name: str, login: Login) -> Mechanism:
    """The exchange of mechanism ``name``."""
    kinds: dict[str, type[_Base]] = {
        "PLAIN": _Plain,
        "LOGIN": _LoginMechanism,
        "CRAM-MD5": _CramMd5,
        "SCRAM-SHA-256": _Scram,
        "XOAUTH2": _XOAuth2,
        "OAUTHBEARER": _OAuthBearer,
    }
    return kinds[name](login)


class _Base:
    name = ""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._steps = 0

    def _password(self) -> str:
        return self._login.password.reveal() if self._login.password else ""

    def _token(self) -> str:
        return self._login.token.reveal() if self._login.token else ""

    def initial(self) -> bytes | None:
        return None

    def respond(self, challenge: bytes) -> bytes:
        raise SaslError(f"the server asks for more than {self.name} has")

    def verify_success(self) -> None:
        return None


class _Plain(_Base):
    """RFC 4616."""

    name = "PLAIN"

    def initial(self) -> bytes | None:
        return f"\0{self._login.username}\0{self._password()}".encode()

    def respond(self, challenge: bytes) -> bytes:
        if self._steps:
            return super().respond(challenge)
        self._steps += 1
        return self.initial() or b""


class _LoginMechanism(_Base):
    """The old LOGIN: the server asks for the user name, then for the password, in any words."""

    name = "LOGIN"

    def respond(self, challenge: bytes) -> bytes:
        self._steps += 1
        if self._steps == 1:
            return self._login.username.encode()
        if self._steps == 2:
            return self._password().encode()
        return super().respond(challenge)


class _CramMd5(_Base):
    """RFC 2195."""

    name = "CRAM-MD5"

    def respond(self, challenge: bytes) -> bytes:
        import hmac

        if self._steps:
            return super().respond(challenge)
        self._steps += 1
        digest = hmac.new(self._password().encode(), challenge, "md5").hexdigest()
        learn(digest)  # with the challenge, it lets the password be guessed
        return f"{self._login.username} {digest}".encode()


class _Scram(_Base):
    """RFC 5802 and 7677, through the library scramp. The server must prove that it knows the password."""

    name = "SCRAM-SHA-256"

    _client: ScramClient

    def initial(self) -> bytes | None:
        from scramp import ScramClient, ScramException

        try:
            self._client = ScramClient([self.name], self._login.username, self._password())
        except ScramException as error:  # as SASLprep (RFC 4013) says
            raise SaslError(f"SCRAM: the user name or the password cannot be used: {error}") from None
        return str(self._client.get_client_first()).encode()

    def respond(self, challenge: bytes) -> bytes:
        from scramp import ScramException

        self._steps += 1
        try:
            text = challenge.decode("utf-8")
            if self._steps == 1:
                _bounded_iterations(text)
                self._client.set_server_first(text)
                final = str(self._client.get_client_final())
                learn(final.rpartition("p=")[2])  # as with CRAM-MD5
                return final.encode()
            if self._steps == 2:
                self._client.set_server_final(text)
                return b""
        except (ScramException, ValueError, KeyError, IndexError) as error:
            raise SaslError(f"SCRAM: {str(error)[:200]}") from None
        return super().respond(challenge)

    def verify_success(self) -> None:
        if self._steps < 2:
            raise SaslError("SCRAM: the server did not prove that it knows the password")


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


class _XOAuth2(_Base):
    """Google's and Microsoft's own; a failure comes as a challenge, which is answered with nothing."""

    name = "XOAUTH2"

    def initial(self) -> bytes | None:
        return f"user={self._login.username}\x01auth=Bearer {self._token()}\x01\x01".encode()

    def respond(self, challenge: bytes) -> bytes:
        self._steps += 1
        if self._steps > 1:
            return super().respond(challenge)
        return b"" if challenge else self.initial() or b""


class _OAuthBearer(_Base):
    """RFC 7628; a failure comes as a challenge, which is answered with a single ^A."""

    name = "OAUTHBEARER"

    def initial(self) -> bytes | None:
        user = self._login.username.replace("=", "=3D").replace(",", "=2C")
        place = f"host={self._login.host}\x01port={self._login.port}\x01"
        return f"n,a={user},\x01{place}auth=Bearer {self._token()}\x01\x01".encode()

    def respond(self, challenge: bytes) -> bytes:
        self._steps += 1
        if self._steps > 1:
            return super().respond(challenge)
        return b"\x01" if challenge else self.initial() or b""
