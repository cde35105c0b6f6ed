"""What signing in may cost, in any protocol, and how much is sent at a time."""

from __future__ import annotations

#: Rounds of hashing that a server may ask for (SCRAM): a quarter of a second. RFC 7677 asks for 4,096.
MAX_SCRAM_ITERATIONS = 1_000_000
#: Messages of one probe that are submitted at a time, where it has several recipients.
MOST_SUBMISSIONS = 4
