"""Domains that a misspelt one may have been intended as: well-known ones, and typing errors undone."""

from __future__ import annotations

from mailproof.records.edits import edits

#: Domains of large mailbox providers, and the top-level domains that send most mail.
_KNOWN = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com",
    "aol.com", "icloud.com", "me.com", "gmx.net", "gmx.de", "web.de", "t-online.de", "freenet.de",
    "orange.fr", "free.fr", "laposte.net", "libero.it", "virgilio.it", "wp.pl", "seznam.cz", "mail.ru",
    "yandex.ru", "qq.com", "163.com", "naver.com", "comcast.net", "proton.me", "protonmail.com",
    "zoho.com", "fastmail.com", "bluewin.ch",
)  # fmt: skip
_TOP = (
    "com", "net", "org", "info", "biz", "edu", "gov", "int", "mil", "eu", "de", "uk", "fr", "it", "es",
    "nl", "be", "ch", "at", "pl", "cz", "se", "no", "dk", "fi", "ie", "pt", "gr", "ro", "hu", "us",
    "ca", "au", "nz", "jp", "cn", "in", "br", "mx", "ar", "za", "ru", "ua", "kr", "tw", "hk", "sg",
    "il", "tr", "io", "co", "me", "ai", "app", "dev", "cloud", "online", "shop", "store", "site", "xyz",
    "tech", "club", "live", "pro", "name", "example", "test", "local", "invalid",
)  # fmt: skip
#: Shorter top-level domains are one edit away from many others.
_SHORTEST_TOP = 3
MAX_KNOWN = 4
MAX_SLIPS = 24


def known_near(domain: str) -> tuple[str, ...]:
    """Well-known domains one edit away, and the domain under a likely intended top-level domain."""
    name, _, top = domain.rpartition(".")
    near = [known for known in _KNOWN if known != domain and edits(domain, known, 1) == 1]
    if top not in _TOP:
        near += [
            f"{name}.{known}" for known in _TOP if len(known) >= _SHORTEST_TOP and edits(top, known, 1) == 1
        ]
    return tuple(dict.fromkeys(near))[:MAX_KNOWN]


def slips_undone(domain: str) -> tuple[str, ...]:
    """The domain with two neighbouring letters swapped, or one letter omitted or doubled.

    Only the label before the top-level domain is changed. At most 24 names, most likely first.
    """
    above, _, top = domain.rpartition(".")
    rest, _, label = above.rpartition(".")
    swapped = [label[:i] + label[i + 1] + label[i] + label[i + 2 :] for i in range(len(label) - 1)]
    shorter = [label[:i] + label[i + 1 :] for i in range(len(label))] if len(label) > 3 else []
    doubled = [label[:i] + label[i] + label[i:] for i in range(len(label))]
    ends = f".{top}"
    names = [
        f"{rest}.{other}{ends}" if rest else f"{other}{ends}"
        for other in (*swapped, *shorter, *doubled)
        if other != label and other[:1] not in ("", "-") and other[-1:] != "-" and len(other) <= 63
    ]
    return tuple(dict.fromkeys(names))[:MAX_SLIPS]
