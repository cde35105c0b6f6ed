"""How names in the DNS are to each other, and the selectors of DKIM keys in them."""

from __future__ import annotations

import re

NO_SELECTOR = "not a valid selector: letters, digits, hyphens, and dots between"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def is_within(name: str, domain: str) -> bool:
    """Whether a name is the domain or below it, both in lower-case A-labels without a final dot."""
    return name == domain or name.endswith(f".{domain}")


def bare_selector(selector: str, domain: str) -> str:
    """The selector alone, where the whole name of the key was given."""
    text = selector.strip().lower().removesuffix(".")
    return text.removesuffix(f".{domain}").removesuffix("._domainkey")


def key_name(selector: str, domain: str) -> str:
    """Where the key of a selector is published (RFC 6376 section 3.6.2.1)."""
    return f"{selector}._domainkey.{domain}"


def plain_selector(text: str, domain: str) -> str:
    """The selector that was meant, alone or as the whole name of its key; empty where it can be none."""
    selector = bare_selector(text, domain)
    whole = len(key_name(selector, domain)) <= 253
    return selector if whole and all(map(_LABEL.fullmatch, selector.split("."))) else ""
