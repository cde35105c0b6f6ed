"""What is read of SPF at most, in one place for the evaluation and for the tree that is shown."""

from __future__ import annotations

#: Octets of SPF records that are read for one evaluation (RFC 7208 section 11.1 asks for such a bound). The
#: largest honest trees have a quarter of it.
MAX_OCTETS = 65_536
TOO_MUCH = (
    f"the SPF records have more than {MAX_OCTETS:,} octets in all, and no more are read: receivers have "
    "limits of their own (RFC 7208 section 11.1)"
)
