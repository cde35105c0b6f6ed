"""Which hops of a message were slow, and whose clock was wrong: the times of all hops are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mailproof.model.message import ReceivedHop

#: Seconds that a hop may take.
SLOW = 300
#: Seconds that the clocks of honest servers may differ.
SKEW = 60

#: ``ahead`` and ``behind`` the hop beside it: the hop's clock is wrong, as a third hop shows; ``apart``: it
#: is behind the hop before, and either clock may be the wrong one.
HopFault = Literal["", "slow", "ahead", "behind", "apart"]


def hop_faults(received: Sequence[ReceivedHop]) -> tuple[tuple[HopFault, float], ...]:
    """What is odd about each hop (newest first, like them), and by how many seconds."""
    times = [hop.timestamp.timestamp() if hop.timestamp else None for hop in received]
    found: list[tuple[HopFault, float]] = []
    for index, own in enumerate(times):
        newer = [time for time in times[:index] if time is not None]
        older = [time for time in times[index + 1 :] if time is not None]
        found.append(("", 0) if own is None else _fault(own, newer, older))
    return tuple(found)


def _fault(own: float, newer: list[float], older: list[float]) -> tuple[HopFault, float]:
    if newer and own - newer[-1] > SKEW and _is_ahead(own, newer, older):
        return "ahead", own - newer[-1]
    if not older:
        return "", 0
    took = min(own, *newer) - max(older) if newer else own - max(older)
    if took > SLOW:
        return "slow", took
    if older[0] - own <= SKEW or _is_ahead(older[0], [*newer, own], older[1:]):
        return "", 0
    shown = any(time - own > SKEW for time in older[1:]) or any(time >= older[0] - SKEW for time in newer)
    return "behind" if shown else "apart", older[0] - own


def _is_ahead(own: float, newer: list[float], older: list[float]) -> bool:
    """Whether another hop agrees with the earlier time of the next one."""
    if any(own - time > SKEW for time in newer[:-1]):
        return True
    return bool(older) and own - older[0] > SLOW and abs(newer[-1] - older[0]) <= SLOW
