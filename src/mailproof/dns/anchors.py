"""The trust anchors of our own DNSSEC validation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import dns.exception
import dns.name
import dns.rdata
from dns.rdataclass import IN
from dns.rdatatype import DS
from dns.rdtypes.ANY.DS import DS as Digest  # noqa: N811 - not the type's constant
from msgspec import Struct

from mailproof.errors import UsageError
from mailproof.files import read_whole

#: Octets read of a file of trust anchors.
MAX_OCTETS = 1_000_000

# The root's key-signing keys of 2017 and 2024 (data.iana.org/root-anchors).
ROOT_ANCHORS = (
    ". 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)


class TrustAnchors(Struct, frozen=True):
    """Trust anchors: DS records of zones."""

    ds: tuple[tuple[dns.name.Name, Digest], ...]

    @classmethod
    def from_text(cls, lines: Iterable[str] = ROOT_ANCHORS, file: str = "trust anchors") -> TrustAnchors:
        """Parse lines of ``zone tag algorithm digest-type digest`` (optionally with a TTL and ``IN DS``).

        Empty lines and comments (``;``, ``#``) are skipped. Raises UsageError for anything else.
        """
        pairs = []
        for number, line in enumerate(lines, 1):
            owner, *words = line.partition(";")[0].partition("#")[0].split() or [""]
            if not owner:
                continue
            if "DS" in words:
                words = words[words.index("DS") + 1 :]
            try:
                record = dns.rdata.from_text(IN, DS, " ".join(words))
                assert isinstance(record, Digest)
                pairs.append((dns.name.from_text(owner), record))
            except (dns.exception.DNSException, ValueError):
                raise UsageError(
                    f"{file}:{number}: {line.strip()[:60]!r} is not a trust anchor: write ZONE TAG ALGORITHM "
                    "TYPE DIGEST"
                ) from None
        return cls(tuple(pairs))

    @classmethod
    def from_file(cls, path: Path) -> TrustAnchors:
        """Read the anchors in a file, one per line. Raises UsageError."""
        try:
            text = read_whole(path, MAX_OCTETS, UsageError, "too large for trust anchors").decode()
        except UnicodeError:
            raise UsageError(f"{path}: cannot be read: it is not a text file") from None
        found = cls.from_text(text.splitlines(), str(path))
        if not found.ds:
            raise UsageError(f"{path} has no trust anchor")
        return found

    def of(self, zone: dns.name.Name) -> list[Digest]:
        """The DS records of a zone."""
        return [record for name, record in self.ds if name == zone]
