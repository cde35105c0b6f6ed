"""The dated list of mailbox providers (``mailboxes.toml``): hosts, folders' names, tabs, how to sign in."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from mailproof.data.reading import bundled


class InboxTab(Struct, frozen=True):
    """A tab of the inbox, and the search that finds what is in it."""

    name: str
    search: str


class MailboxProvider(Struct, frozen=True):
    """One provider. ``junk`` are names of the spam folder, ``near`` folders that it sorts new mail into.

    ``sign_in`` says what is needed to sign in, and ``tab`` what shows the tab of the inbox.
    """

    name: str
    title: str
    domains: tuple[str, ...]
    host: str
    port: int
    security: Literal["tls", "starttls"]
    junk: tuple[str, ...]
    tab: str
    sign_in: str
    page: str
    near: tuple[str, ...] = ()
    tabs: tuple[InboxTab, ...] = ()


class MailboxProviders(Struct, frozen=True):
    """All of them, their date, and the last parts of folders' names, in lower case, at any provider."""

    date: str
    junk_names: frozenset[str]
    outgoing_names: frozenset[str]
    providers: tuple[MailboxProvider, ...] = field(name="mailbox")


#: The list that comes with mailproof.
known_mailboxes = bundled("mailboxes.toml", MailboxProviders)


def provider_named(name: str) -> MailboxProvider | None:
    """The provider of that name."""
    return next((each for each in known_mailboxes().providers if each.name == name), None)


def provider_at(host: str) -> MailboxProvider | None:
    """The provider whose server that is."""
    wanted = host.lower().rstrip(".")
    found = (each for each in known_mailboxes().providers if each.host == wanted)
    return next(found, None) if wanted != "127.0.0.1" else None


def provider_by(preset: str | None, host: str) -> MailboxProvider | None:
    """The one that a configuration names, else the one whose server it names."""
    return provider_named(preset) if preset else provider_at(host)


def provider_of(domain: str) -> MailboxProvider | None:
    """The provider of the addresses of a domain."""
    wanted = domain.lower().rstrip(".")
    return next((each for each in known_mailboxes().providers if wanted in each.domains), None)
