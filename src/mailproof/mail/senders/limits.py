"""What a provider's API or a program may send us."""

from __future__ import annotations

#: Octets of an API's reply that are read; a usual one has a few hundred.
MAX_REPLY = 256 * 1024
#: Characters of a reply that the dialogue shows.
MAX_QUOTED = 2000
#: Seconds that an API may ask us to wait before the next try (Retry-After); for longer, the probe ends.
MAX_RETRY_AFTER = 86_400
#: Octets of what a program prints that are read.
MAX_PRINTED = 64 * 1024
#: Seconds that a program gets to end once it was asked to.
GRACE_S = 2.0
