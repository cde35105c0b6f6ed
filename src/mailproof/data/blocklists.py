"""The dated list of DNS blocklists (``blocklists.toml``): their answers' meanings, and who may query them."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address
from typing import Literal

from msgspec import Struct, field

from mailproof.data.reading import bundled
from mailproof.model import BlocklistCode

#: Answers that no list uses for listings: the query is refused (Spamhaus, and others after it).
REFUSAL_PREFIX = "127.255.255."


class Blocklist(Struct, frozen=True):
    """One list. ``restricted``: queried only by name, because of its terms (``why``).

    ``codes`` are the meanings of its answers: of whole addresses, or with ``bits`` of the bits of the last
    octet; ``refused`` those of refused queries. ``test_listed`` must be in it, ``test_clear`` must not.
    """

    name: str
    title: str
    zone: str
    kind: Literal["ip", "domain"]
    restricted: bool
    page: str
    removal: str
    test_listed: str
    test_clear: str
    why: str = ""
    ipv6: bool = False
    major: bool = False
    bits: bool = False
    codes: tuple[BlocklistCode, ...] = ()
    refused: tuple[BlocklistCode, ...] = ()

    def question(self, subject: str) -> str:
        """The name to ask for (RFC 5782 section 2): octets or nibbles reversed, or the domain as it is."""
        if self.kind == "domain":
            return f"{subject}.{self.zone}"
        reverse = ip_address(subject).reverse_pointer
        return f"{reverse.removesuffix('.in-addr.arpa').removesuffix('.ip6.arpa')}.{self.zone}"

    def meaning(self, answer: str) -> tuple[BlocklistCode, ...]:
        """What an answer says, as a listing. One that is not documented is kept as it is."""
        if self.bits:
            last = int(answer.rpartition(".")[2])
            found = tuple(code for code in self.codes if last & int(code.code))
        else:
            found = tuple(code for code in self.codes if code.code == answer)
        return found or (BlocklistCode(answer, "listed (undocumented code)"),)

    def refusal(self, answer: str) -> str:
        """Why the query is refused, where the answer says that; empty where it is a listing."""
        for code in self.refused:
            if code.code == answer:
                return code.meaning
        return "the list refuses the query" if answer.startswith(REFUSAL_PREFIX) else ""


class Blocklists(Struct, frozen=True):
    """All lists, and their date."""

    date: str
    lists: tuple[Blocklist, ...] = field(name="list")

    def chosen(self, names: tuple[str, ...]) -> tuple[Blocklist, ...]:
        """Those named, whatever their terms; ``open`` names all that anyone may query."""
        return tuple(
            each for each in self.lists if each.name in names or ("open" in names and not each.restricted)
        )

    def unknown(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Those of ``names`` that no list has."""
        known = {"open", *(each.name for each in self.lists)}
        return tuple(name for name in names if name not in known)


#: The bundled lists.
blocklists = bundled("blocklists.toml", Blocklists)


def is_answer(text: str) -> bool:
    """Whether an address is what a blocklist answers with: one in 127.0.0.0/8 (RFC 5782 section 2.1)."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return isinstance(address, IPv4Address) and address.is_loopback
