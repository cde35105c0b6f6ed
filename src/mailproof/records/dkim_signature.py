"""DKIM-Signature (RFC 6376 section 3.5), ARC-Message-Signature and ARC-Seal (RFC 8617 section 4)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Literal

from mailproof.model import Tag, TagProblem, TagRecord
from mailproof.names import is_within, key_name
from mailproof.records.charsets import utf8_if_valid
from mailproof.records.mailboxes import domain_to_ascii
from mailproof.records.tags import parse_tags, without_whitespace

SignatureKind = Literal["dkim", "ams", "seal"]
Canonicalization = Literal["simple", "relaxed"]

ALGORITHMS = ("rsa-sha256", "ed25519-sha256", "rsa-sha1")
_REQUIRED: dict[SignatureKind, tuple[str, ...]] = {
    "dkim": ("v", "a", "b", "bh", "d", "h", "s"),
    "ams": ("i", "a", "b", "bh", "d", "h", "s"),
    "seal": ("i", "a", "b", "cv", "d", "s"),
}
_DIGITS = re.compile(r"[0-9]{1,76}")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,126}}")
_ENCODED = re.compile(r"\s{0,80}=\?[\w-]{1,40}\?[bq]\?", re.IGNORECASE)
_QUOTED = re.compile(r"=([0-9A-F]{2})")
_MAX_NAME = 253
#: At most this many names are read from ``h``.
MAX_HEADERS = 1000


class DkimSignature(TagRecord, frozen=True):
    """A parsed signature field. Names of header fields are in lower case, domains in A-labels.

    ``body_length`` is None without a usable ``l``. ``instance`` and ``chain_validation`` are for ARC only
    (else 0 and ""). A fatal problem makes the signature unusable; the first one is the reason.
    """

    kind: SignatureKind = "dkim"
    algorithm: str = ""
    signature: bytes = b""
    body_hash: bytes = b""
    header_canonicalization: Canonicalization = "simple"
    body_canonicalization: Canonicalization = "simple"
    domain: str = ""
    selector: str = ""
    identity: str = ""
    signed_headers: tuple[str, ...] = ()
    body_length: int | None = None
    timestamp: int | None = None
    expires: int | None = None
    instance: int = 0
    chain_validation: str = ""

    @property
    def key_name(self) -> str:
        """The DNS name of the key record."""
        return key_name(self.selector, self.domain)

    @property
    def canonicalization(self) -> str:
        """The full form of ``c``."""
        return f"{self.header_canonicalization}/{self.body_canonicalization}"

    @property
    def identity_domain(self) -> str:
        """The domain of ``i``, or ``d`` if there is no ``i``."""
        return self.identity.rpartition("@")[2] if self.identity else self.domain

    @property
    def key_algorithm(self) -> str:
        """The key type that ``a`` requires."""
        return self.algorithm.partition("-")[0]


def parse_dkim_signature(value: str, kind: SignatureKind = "dkim") -> DkimSignature:
    """Parse the value of a signature field, folded or unfolded. Never raises: see ``problems``.

    Problem codes besides those of ``parse_tags``, all fatal: ``encoded-words``, ``missing-tag``,
    ``bad-version``, ``unsupported-algorithm``, ``malformed-signature``, ``malformed-body-hash``,
    ``bad-canonicalization``, ``bad-domain``, ``bad-selector``, ``bad-identity``, ``identity-mismatch``,
    ``bad-query-method``, ``bad-length``, ``bad-time``, ``expires-before-signing``, ``from-not-signed``,
    ``bad-instance``, ``bad-chain-validation``, ``unexpected-tag``, ``too-many-headers``.
    """
    return _Reader(value, kind).read()


class _Reader:
    """Parses one signature field and collects its problems."""

    def __init__(self, text: str, kind: SignatureKind) -> None:
        self.text, self.kind = text, kind
        self.tags, problems = parse_tags(text)
        self.tag = {tag.name: tag for tag in reversed(self.tags)}.get
        self.problems = list(problems)

    def read(self) -> DkimSignature:
        if _ENCODED.match(self.text):
            words = (
                "the field was rewritten in encoded words (=?…?=, RFC 2047) by a server on the way, as "
                "Microsoft's do: no verifier reads a signature in that form"
            )
            self.problems.insert(0, TagProblem("encoded-words", words, 0, len(self.text), fatal=True))
        for name in _REQUIRED[self.kind]:
            tag = self.tag(name)
            if tag is not None and (tag.value or name in ("b", "bh")):
                continue
            # An empty h= signs no field, which RFC 8617's suite lets an ARC-Message-Signature do.
            if tag is None or name != "h" or self.kind != "ams":
                self.problem("missing-tag", f"the tag {name}= is missing", tag)
        self._version()
        algorithm = self._algorithm()
        signature = self._base64("b", "malformed-signature")
        body_hash = self._base64("bh", "malformed-body-hash")
        header_canon, body_canon = self._canonicalization()
        domain, selector = self._name("d", "bad-domain"), self._name("s", "bad-selector")
        identity = self._identity(domain) if self.kind == "dkim" else ""
        signed = self._signed_headers()
        self._query_method()
        length = None if self.kind == "seal" else self._number("l", "bad-length", "a number")
        timestamp, expires = (self._number(name, "bad-time", "a time in seconds") for name in "tx")
        if timestamp is not None and expires is not None and expires <= timestamp:
            self.problem(
                "expires-before-signing", "x= is not later than t=: it expired when signed", self.tag("x")
            )
        instance, chain_validation = self._arc()
        return DkimSignature(
            text=self.text,
            tags=self.tags,
            kind=self.kind,
            algorithm=algorithm,
            signature=signature,
            body_hash=body_hash,
            header_canonicalization=header_canon,
            body_canonicalization=body_canon,
            domain=domain,
            selector=selector,
            identity=identity,
            signed_headers=signed,
            body_length=length,
            timestamp=timestamp,
            expires=expires,
            instance=instance,
            chain_validation=chain_validation,
            problems=tuple(self.problems),
        )

    def problem(self, code: str, message: str, tag: Tag | None = None) -> None:
        start, end = (tag.start, tag.end) if tag else (0, len(self.text))
        self.problems.append(TagProblem(code, message, start, end))

    def _version(self) -> None:
        tag = self.tag("v")
        if tag is None:
            return
        if self.kind == "dkim" and tag.value and tag.value != "1":
            self.problem("bad-version", f"v={tag.value[:20]} is not version 1", tag)
        if self.kind == "seal":
            self.problem("unexpected-tag", "v= is not allowed in an ARC-Seal", tag)

    def _algorithm(self) -> str:
        tag = self.tag("a")
        # RFC 6376 section 3.5 gives the algorithms as literals, which ABNF compares case-insensitively.
        value = tag.value.lower() if tag else ""
        if tag and value and value not in ALGORITHMS:
            self.problem("unsupported-algorithm", f"a={tag.value[:40]} is not a known algorithm", tag)
        return value[:40]

    def _base64(self, name: str, code: str) -> bytes:
        tag = self.tag(name)
        if tag is None:
            return b""
        try:
            raw = base64.b64decode(without_whitespace(tag.value).encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raw = b""
        if not raw:
            self.problem(code, f"{name}= is not base64" if tag.value else f"{name}= is empty", tag)
        return raw

    def _canonicalization(self) -> tuple[Canonicalization, Canonicalization]:
        tag = self.tag("c")
        if tag is None:
            return ("simple", "simple") if self.kind != "seal" else ("relaxed", "relaxed")
        header, _, body = tag.value.lower().partition("/")
        found = _canonicalization(header), _canonicalization(body or "simple")
        if found[0] is None or found[1] is None:
            self.problem("bad-canonicalization", f"c={tag.value[:40]} is not a known canonicalization", tag)
        return found[0] or "simple", found[1] or "simple"

    def _name(self, name: str, code: str) -> str:
        tag = self.tag(name)
        if tag is None or not tag.value:
            return ""
        ascii_name = _to_ascii(tag.value)
        if len(ascii_name) > _MAX_NAME or not _DOMAIN.fullmatch(ascii_name):
            self.problem(code, f"{name}={tag.value[:60]} is not a domain name", tag)
            return ascii_name[:_MAX_NAME]
        return ascii_name.lower()

    def _identity(self, domain: str) -> str:
        tag = self.tag("i")
        if tag is None:
            return f"@{domain}" if domain else ""
        text = without_whitespace(utf8_if_valid(tag.value))  # RFC 8616
        # dkim-quoted-printable (section 2.11)
        local, at, host = _QUOTED.sub(lambda match: chr(int(match[1], 16)), text).rpartition("@")
        host = _to_ascii(host).lower()
        if not at or not _DOMAIN.fullmatch(host):
            self.problem("bad-identity", f"i={tag.value[:60]} is not an identity of the form @domain", tag)
        elif domain and not is_within(host, domain):
            self.problem(
                "identity-mismatch", f"the domain of i={tag.value[:60]} is not {domain} or below it", tag
            )
        return f"{local}@{host}"

    def _signed_headers(self) -> tuple[str, ...]:
        tag = self.tag("h")
        if tag is None:
            return ()
        if self.kind == "seal":
            self.problem("unexpected-tag", "h= is not allowed in an ARC-Seal", tag)
            return ()
        listed = without_whitespace(tag.value).lower().split(":", MAX_HEADERS + 1)
        names = tuple([name for name in listed if name])
        if len(names) > MAX_HEADERS:
            self.problem("too-many-headers", f"h= names more than {MAX_HEADERS} fields", tag)
            return names[:MAX_HEADERS]
        if self.kind == "dkim" and "from" not in names:
            self.problem("from-not-signed", "h= does not list From, which must be signed", tag)
        if self.kind == "ams" and "arc-seal" in names:
            self.problem("unexpected-tag", "h= of an ARC-Message-Signature must not list ARC-Seal", tag)
        return names

    def _query_method(self) -> None:
        tag = self.tag("q")
        if tag and "dns/txt" not in without_whitespace(tag.value).lower().split(":"):
            self.problem("bad-query-method", f"q={tag.value[:40]} does not offer dns/txt", tag)

    def _number(self, name: str, code: str, what: str) -> int | None:
        tag = self.tag(name)
        if tag is None:
            return None
        if not _DIGITS.fullmatch(tag.value):
            self.problem(code, f"{name}={tag.value[:40]} is not {what}", tag)
            return None
        return min(int(tag.value), 10**15)

    def _arc(self) -> tuple[int, str]:
        if self.kind == "dkim":
            return 0, ""
        tag = self.tag("i")
        instance = int(tag.value) if tag and re.fullmatch(r"[0-9]{1,4}", tag.value) else 0
        if tag and not 1 <= instance <= 50:
            self.problem("bad-instance", f"i={tag.value[:20]} is not a number from 1 to 50", tag)
        chain = self.tag("cv")
        value = chain.value.lower() if chain else ""
        if chain and self.kind == "seal" and value not in ("none", "pass", "fail"):
            self.problem("bad-chain-validation", f"cv={chain.value[:20]} is not none, pass or fail", chain)
        return instance, value


def without_signature(raw_value: bytes, tag: Tag | None) -> bytes:
    """The octets of the field's value without the value of ``b`` (RFC 6376 section 3.7).

    ``tag`` must come from parsing ``raw_value`` as Latin-1, so that its offsets count octets. White space
    around the value is removed too, up to the next semicolon or the end.
    """
    if tag is None:
        return raw_value
    start = raw_value.index(b"=", tag.start) + 1
    end = raw_value.find(b";", start)
    return raw_value[:start] + (raw_value[end:] if end >= 0 else b"")


def _canonicalization(name: str) -> Canonicalization | None:
    if name == "simple":
        return "simple"
    return "relaxed" if name == "relaxed" else None


def _to_ascii(name: str) -> str:
    """A domain in A-labels, or unchanged if it has no such form."""
    return name if name.isascii() else domain_to_ascii(utf8_if_valid(name)) or name
