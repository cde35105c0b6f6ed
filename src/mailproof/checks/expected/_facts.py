"""Shared by the rules on expectations: the expectation, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mailproof.checks.base import required
from mailproof.model import DomainFacts, Expectations

W = TypeVar("W")


def wanted(facts: DomainFacts, part: Callable[[Expectations], W | None]) -> W:
    """A part of the expectations. Raises NotApplicable if mailproof.toml does not have it."""
    found = part(facts.expected) if facts.expected is not None else None
    return required(found, "mailproof.toml expects nothing here")
