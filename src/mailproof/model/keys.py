"""DKIM key pairs: a private key compared with the published ones, and the rotation to a new key."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from mailproof.model.dkim import DkimSelectorFacts
from mailproof.model.findings import FixRecord
from mailproof.model.lookup import Lookup

#: ``published``: the record is valid, and no private key was given to compare it with.
KeyState = Literal["match", "published", "differs", "missing", "revoked", "invalid", "unknown"]
#: ``later``: its day has not come; ``unseen``: no input was given that could show it.
StepState = Literal["done", "due", "kept", "later", "wrong", "unseen", "unknown"]


class PrivateKeyFacts(Struct, frozen=True):
    """The properties of a private key, never the key itself. ``public`` is the base64 of ``p=``."""

    kind: Literal["rsa", "ed25519"]
    bits: int
    public: str

    @property
    def record(self) -> str:
        """The text of the TXT record that publishes it (RFC 6376 section 3.6.1, RFC 8463 section 4)."""
        return f"v=DKIM1; k={self.kind}; p={self.public}"


class KeyMatch(Struct, frozen=True):
    """One selector: the key published there, and whether it belongs to the private key."""

    selector: str
    name: str
    state: KeyState
    reason: str
    facts: DkimSelectorFacts


class KeyCheck(Struct, frozen=True):
    """A domain's selectors compared with a private key. ``publish`` is the record that would make it match.

    ``failed`` is the lookup whose failure leaves open which selectors exist.
    """

    domain: str
    private: PrivateKeyFacts | None
    selectors: tuple[KeyMatch, ...]
    publish: FixRecord | None = None
    failed: Lookup | None = None

    @property
    def complete(self) -> bool:
        """Whether every lookup was answered."""
        return self.failed is None and all(each.state != "unknown" for each in self.selectors)

    @property
    def good(self) -> bool:
        """Whether the key is published; without a private key, whether every selector given is valid."""
        states = {each.state for each in self.selectors}
        return "match" in states if self.private is not None else states == {"published"}


class NewKey(Struct, frozen=True):
    """A new key pair: the file with the private key, and the record that publishes the public key."""

    domain: str
    selector: str
    file: str
    key: PrivateKeyFacts
    publish: FixRecord


class RotationStep(Struct, frozen=True):
    """One step. ``day`` is the first day on which it is safe to take."""

    name: Literal["publish", "sign", "config", "keep", "revoke", "remove"]
    title: str
    day: date
    state: StepState
    detail: str
    records: tuple[FixRecord, ...] = ()


class Rotation(Struct, frozen=True):
    """The dated plan from the selector ``old`` to ``new``."""

    domain: str
    old: str
    new: str
    today: date
    steps: tuple[RotationStep, ...]
