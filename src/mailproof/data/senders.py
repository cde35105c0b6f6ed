"""Senders in plain terms, as ``expect.spf.senders`` of mailproof.toml lists them."""

from __future__ import annotations

from msgspec import Struct

from mailproof.data.providers import MailProvider, is_below, known_providers
from mailproof.model import SpfTerm
from mailproof.records.address_set import NOTHING, AddressSet
from mailproof.records.networks import parse_network

_MECHANISMS = ("a", "mx", "ptr", "exists", "include", "all")


class Sender(Struct, frozen=True):
    """One entry of the list: addresses, a provider (``suffixes`` of the names to include), or a mechanism."""

    text: str
    addresses: AddressSet = NOTHING
    suffixes: tuple[str, ...] = ()
    mechanism: str = ""

    def names(self, term: SpfTerm) -> bool:
        """Whether it names this very term of a record."""
        if self.suffixes and term.name in ("include", "redirect"):
            return is_below(term.value.lower().rstrip("."), self.suffixes)
        return bool(self.mechanism) and term.text.lower().lstrip("+").rstrip(".") == self.mechanism


def parse_sender(text: str) -> Sender | None:
    """An entry of the list; None for what is no address, provider, domain or mechanism."""
    word = text.strip().lower().rstrip(".")
    if parse_network(word) is not None:
        return Sender(text, AddressSet.of((word,)))
    name = word.partition(":")[0].partition("/")[0]
    if name in ("ip4", "ip6") and parse_network(word[4:]) is not None:
        return Sender(text, AddressSet.of((word[4:],)))
    if name in _MECHANISMS:
        return Sender(text, mechanism=word)
    provider = provider_named(word)
    if provider is not None:
        return Sender(text, suffixes=(*provider.spf, *provider.includes)) if provider.spf else None
    if "." in word and not set(word) & set(" /:@%"):
        return Sender(text, suffixes=(word,))
    return None


def provider_named(text: str) -> MailProvider | None:
    """The provider of that name, or the only one with that word in its name ("google", "ses")."""
    known = known_providers().providers
    wanted = _plain(text)
    exact = [each for each in known if _plain(each.name) == wanted]
    if not exact and wanted:
        exact = [each for each in known if wanted in map(_plain, each.name.split())]
    return exact[0] if len(exact) == 1 else None


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum() or char == ".")
