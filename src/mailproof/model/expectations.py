"""What a domain is expected to publish: the ``expect`` of a domain in mailproof.toml."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

#: SPF's result for all other hosts, by the qualifier of ``all``.
SpfRest = Literal["fail", "softfail", "neutral", "pass"]
PolicyWanted = Literal["none", "quarantine", "reject"]


class SpfExpected(Struct, frozen=True):
    """``senders``: exactly these may send (None: not compared); ``rest`` is the result for all others."""

    senders: tuple[str, ...] | None = None
    max_lookups: int | None = None
    rest: SpfRest | None = None


class DkimKeyExpected(Struct, frozen=True):
    """A key that must be published. ``min_bits`` is the minimum size of an RSA key."""

    selector: str
    min_bits: int | None = None


class DkimExpected(Struct, frozen=True):
    """The keys that must be published; others may be too."""

    selectors: tuple[DkimKeyExpected, ...] = ()


class DmarcExpected(Struct, frozen=True):
    """The policy for the domain and its subdomains, and where reports must go (they may go elsewhere too)."""

    policy: PolicyWanted | None = None
    subdomain_policy: PolicyWanted | None = None
    reports_to: tuple[str, ...] = ()


class Expectations(Struct, frozen=True):
    """Everything expected of one domain. None: not compared.

    ``mx`` is the exact set of mail hosts (empty: the null MX or no MX); ``mta_sts`` the mode of the policy;
    ``tlsa`` whether each mail host has a TLSA record that senders can use; ``tls_rpt`` whether TLS reports
    are requested.
    """

    spf: SpfExpected | None = None
    dkim: DkimExpected | None = None
    dmarc: DmarcExpected | None = None
    mx: tuple[str, ...] | None = None
    mta_sts: Literal["enforce", "testing", "none"] | None = None
    tlsa: bool | None = None
    tls_rpt: bool | None = None

    @property
    def selectors(self) -> tuple[str, ...]:
        """The DKIM selectors that are expected to have a key."""
        return tuple(each.selector for each in self.dkim.selectors) if self.dkim is not None else ()
