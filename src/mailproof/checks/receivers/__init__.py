"""The rules of what large receivers demand, one a receiver."""

from mailproof.checks.base import Check
from mailproof.checks.receivers import rcv001_gmail, rcv002_yahoo, rcv003_microsoft, rcv004_apple
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = tuple(
    Check(module.RULE, module.check, module.__doc__ or "")
    for module in (rcv001_gmail, rcv002_yahoo, rcv003_microsoft, rcv004_apple)
)
