"""Limits on SPF, shared by the evaluation and by the tree that is shown."""

from __future__ import annotations

#: Octets of SPF records that are read for one evaluation (RFC 7208 section 11.1 asks for such a bound). The
#: largest legitimate trees have a quarter of it.
MAX_OCTETS = 65_536
TOO_MUCH = (
    f"the SPF records have more than {MAX_OCTETS:,} octets in all, and no more are read: receivers have "
    "limits of their own (RFC 7208 section 11.1)"
)
