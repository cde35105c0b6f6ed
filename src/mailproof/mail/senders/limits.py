"""Limits on what a provider's API or a program may send us."""

from __future__ import annotations

#: Octets of an API's reply that are read; typical ones have a few hundred.
MAX_REPLY = 256 * 1024
#: Characters of a reply that are shown in the dialogue.
MAX_QUOTED = 2000
#: Octets of a program's output that are read.
MAX_PRINTED = 64 * 1024
#: Seconds that a program has to exit after it was asked to.
GRACE_S = 2.0
