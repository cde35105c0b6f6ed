"""Parses SPF records (RFC 7208) into terms and problems with spans. Pure, bounded, never raises."""

from mailproof.records.spf.macros import Literal, Macro, MacroString, parse_macros
from mailproof.records.spf.parse import is_spf, parse_spf
from mailproof.records.spf.reading import (
    SpfReading,
    all_last,
    as_term,
    joined,
    merged,
    read_spf,
    rest_of,
    rewritten,
    without,
)
from mailproof.records.spf.words import MODIFIERS, is_verification_token

__all__ = [
    "MODIFIERS",
    "Literal",
    "Macro",
    "MacroString",
    "SpfReading",
    "all_last",
    "as_term",
    "is_spf",
    "is_verification_token",
    "joined",
    "merged",
    "parse_macros",
    "parse_spf",
    "read_spf",
    "rest_of",
    "rewritten",
    "without",
]
