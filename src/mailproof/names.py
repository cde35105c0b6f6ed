"""Relations of DNS names, and DKIM selectors in them."""

from __future__ import annotations

import re

NO_SELECTOR = "not a valid selector: letters, digits, hyphens, and dots between"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def a_labels(domain: str) -> str:
    """A domain in lower-case A-labels (IDNA 2008 with UTS 46 mapping). Raises UnicodeError."""
    if domain.isascii():
        return domain.lower()
    import idna  # takes 60 ms, so only when needed

    return idna.encode(domain, uts46=True, transitional=False).decode("ascii").lower()


def is_within(name: str, domain: str) -> bool:
    """Whether a name is the domain or below it; both in lower-case A-labels without a final dot."""
    return name == domain or name.endswith(f".{domain}")


def audit_command(domain: str) -> str:
    """The command that audits a domain; it can be pasted into a shell whoever wrote the domain."""
    plain = domain[:1] != "-" and all(each.isalnum() or each in "-._" for each in domain)
    return f"mailproof audit {domain if domain and plain else 'DOMAIN'}"


def bare_selector(selector: str, domain: str) -> str:
    """The selector, given alone or as the full name of the key."""
    text = selector.strip().lower().removesuffix(".")
    return text.removesuffix(f".{domain}").removesuffix("._domainkey")


def key_name(selector: str, domain: str) -> str:
    """The name of a selector's key record (RFC 6376 section 3.6.2.1)."""
    return f"{selector}._domainkey.{domain}"


def plain_selector(text: str, domain: str) -> str:
    """The selector, given alone or as the full name of its key; empty if it is invalid."""
    selector = bare_selector(text, domain)
    whole = len(key_name(selector, domain)) <= 253
    return selector if whole and all(map(_LABEL.fullmatch, selector.split("."))) else ""
