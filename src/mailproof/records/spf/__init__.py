"""SPF records (RFC 7208): text to terms and problems with their places. Pure, bounded, never raises."""

from mailproof.records.spf.macros import Literal, Macro, MacroString, parse_macros
from mailproof.records.spf.mended import mended
from mailproof.records.spf.near import NearMiss, looks_like_spf, near_miss
from mailproof.records.spf.parse import is_spf, parse_spf
from mailproof.records.spf.terms import MECHANISMS, parse_term

__all__ = [
    "MECHANISMS",
    "Literal",
    "Macro",
    "MacroString",
    "NearMiss",
    "is_spf",
    "looks_like_spf",
    "mended",
    "near_miss",
    "parse_macros",
    "parse_spf",
    "parse_term",
]
