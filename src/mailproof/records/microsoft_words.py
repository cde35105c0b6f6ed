"""The vocabulary of Microsoft's anti-spam headers.

https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo, as of November 2026.
"""

from __future__ import annotations

from mailproof.model.filters import FilterJudgement

SFV: dict[str, tuple[str, FilterJudgement]] = {
    "BLK": ("skipped: the sender is on the recipient's own blocked list", "spam"),
    "NSPM": ("marked as not spam by the filter", "clean"),
    "SFE": ("skipped: the sender is on the recipient's own safe list", "bypassed"),
    "SKA": ("skipped: allowed by an anti-spam policy's allowed senders or domains", "bypassed"),
    "SKB": ("marked as spam: on an anti-spam policy's blocked senders or domains", "spam"),
    "SKI": ("skipped: from within the organization", "bypassed"),
    "SKN": ("marked as not spam before the filter, as by a mail flow rule or an allowed address", "bypassed"),
    "SKQ": ("released from quarantine", "bypassed"),
    "SKS": ("marked as spam before the filter, as by a mail flow rule", "spam"),
    "SPM": ("marked as spam by the filter", "spam"),
}

CAT: dict[str, tuple[str, FilterJudgement]] = {
    "NONE": ("no category", "clean"),
    "AMP": ("malware", "malware"),
    "BIMP": ("brand impersonation", "phish"),
    "BULK": ("bulk mail", "bulk"),
    "DIMP": ("domain impersonation", "phish"),
    "FTBP": ("a blocked type of attachment", "malware"),
    "GIMP": ("impersonation of a contact (mailbox intelligence)", "phish"),
    "HPHSH": ("phishing, with high confidence", "phish"),
    "HPHISH": ("phishing, with high confidence", "phish"),
    "HSPM": ("spam, with high confidence", "spam"),
    "INTOS": ("phishing from within the organization", "phish"),
    "MALW": ("malware", "malware"),
    "OSPM": ("outbound spam", "spam"),
    "PHSH": ("phishing", "phish"),
    "SAP": ("an unsafe attachment (Safe Attachments)", "malware"),
    "SPM": ("spam", "spam"),
    "SPOOF": ("a forged sender", "phish"),
    "UIMP": ("impersonation of a user", "phish"),
}

OTHER = {
    ("IPV", "CAL"): "the connecting address is on the organization's allow list: filtering was skipped",
    ("IPV", "NLI"): "the connecting address is on no reputation list",
    ("SFTY", "9.19"): "domain impersonation",
    ("SFTY", "9.20"): "user impersonation",
    ("SFTY", "9.25"): "the first contact of this sender",
    ("DIR", "INB"): "inbound",
    ("DIR", "OUT"): "outbound",
}

NAMES = {
    "CIP": "the connecting address",
    "CTRY": "the country of that address",
    "H": "the HELO name",
    "PTR": "the reverse name of that address",
    "LANG": "the language of the message",
}


def scl(value: int) -> tuple[str, FilterJudgement]:
    """A spam confidence level, -1 to 9."""
    if value < 0:
        return "filtering was bypassed: a safe sender, an allow list or a rule", "bypassed"
    if value < 5:
        return "not spam: it goes to the inbox", "clean"
    if value < 7:
        return "spam: it goes to Junk", "spam"
    return "spam with high confidence: it goes to Junk or quarantine", "spam"


def bcl(value: int) -> str:
    """A bulk complaint level, 0 to 9."""
    if value <= 0:
        return "not from a bulk sender"
    if value < 4:
        return "a bulk sender with few complaints"
    if value < 8:
        return "a bulk sender with some complaints: at 7 the default policy files it as Junk"
    return "a bulk sender with many complaints"


_COMPAUTH = {
    "000": "DMARC failed and its policy asks for quarantine or rejection",
    "001": "implicit failure: no record passes, or the policy is too weak to enforce",
    "002": "the organization forbids this sender to send forged mail",
    "010": "DMARC failed with a policy of reject or quarantine for the organization's own domain",
    "109": "there is no DMARC record, but the message would have passed",
    "111": "DMARC ended in an error, but SPF or DKIM is aligned",
    "112": "the lookup of the DMARC record timed out",
    "115": "sent from a Microsoft 365 organization that has the From domain",
    "116": "the MX record of the From domain leads to where the message came from",
    "130": "an ARC seal of a trusted forwarder overrode a DMARC failure",
}
_COMPAUTH_KINDS = {
    "0": "authentication failed",
    "1": "authenticated, explicitly (DMARC) or by a hint of the same kind",
    "2": "softly authenticated by other hints",
    "3": "not checked",
    "4": "bypassed",
    "6": "failed for a domain of the organization itself",
    "7": "authenticated by the sender's history or other implicit signs",
    "9": "bypassed",
}


def compauth(reason: str) -> str:
    """The meaning of a three-digit reason code of Microsoft's composite authentication."""
    return _COMPAUTH.get(reason) or _COMPAUTH_KINDS.get(reason[:1], "") if reason else ""
