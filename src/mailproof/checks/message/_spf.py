"""Locations and fixes in the SPF record that a message was evaluated with."""

from __future__ import annotations

from mailproof.checks.base import decision
from mailproof.checks.message._facts import pointed, record_at
from mailproof.model import Fix, Location, MessageFacts, SpfVerdict
from mailproof.records.spf import as_term


def deciding_term(facts: MessageFacts, spf: SpfVerdict) -> Location:
    """The record, pointing at the deciding term if it is in the record."""
    return pointed(spf.domain, "TXT", record_at(facts, spf.domain, "v=spf1"), spf.matched)


def allow(spf: SpfVerdict) -> Fix:
    """What to add if the host belongs to the owner, which a single message cannot show."""
    term = as_term(spf.ip)
    what = f"add {term} to the SPF record of {spf.domain}"
    if spf.result == "none":  # no record, or no domain that could have one
        what = f"publish an SPF record with {term} for {spf.domain}"
        if spf.scope == "helo":
            what = f"give it a HELO name of yours that has an SPF record with {term}"
    return decision(f"If {spf.ip} is one of your own senders, {what}")
