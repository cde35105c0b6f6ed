"""Locations and fixes in the SPF record that a message was evaluated with."""

from __future__ import annotations

from mailproof.checks.base import decision
from mailproof.model import Fix, Location, SpfVerdict
from mailproof.records.spf import as_term


def in_record(spf: SpfVerdict, record: str) -> Location:
    """The record, pointing at the deciding term if it is in the record."""
    start = record.find(spf.matched) if spf.matched else -1
    if start < 0:
        return Location(name=spf.domain, rrtype="TXT", record=record)
    return Location(name=spf.domain, rrtype="TXT", record=record, start=start, end=start + len(spf.matched))


def allow(spf: SpfVerdict) -> Fix:
    """What to add if the host belongs to the owner, which a single message cannot show."""
    term = as_term(spf.ip)
    what = f"add {term} to the SPF record of {spf.domain}"
    if spf.result == "none":  # no record, or no domain that could have one
        what = f"publish an SPF record with {term} for {spf.domain}"
        if spf.scope == "helo":
            what = f"give it a HELO name of yours that has an SPF record with {term}"
    return decision(f"If {spf.ip} is one of your own senders, {what}")
