"""AWS Signature Version 4 of a POST (compared with botocore's signer in a test).

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from msgspec import Struct

from mailproof.redaction import learn

_ALGORITHM = "AWS4-HMAC-SHA256"


class Signer(Struct, frozen=True):
    """Signs with one access key, for one region and service; ``session`` is the token of a temporary key."""

    key_id: str
    secret: str
    session: str
    region: str
    service: str

    def fields(self, url: str, body: bytes, now: datetime) -> tuple[tuple[str, str], ...]:
        """The header fields that authorize the POST of JSON to a URL without a query."""
        parts = urlsplit(url)
        moment = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        signed = {"content-type": "application/json", "host": parts.netloc, "x-amz-date": moment}
        if self.session:
            signed["x-amz-security-token"] = self.session
        names = ";".join(sorted(signed))
        canonical = "\n".join(
            (
                *("POST", quote(parts.path or "/", safe="/-_.~"), ""),
                *(f"{name}:{signed[name]}" for name in sorted(signed)),
                *("", names, hashlib.sha256(body).hexdigest()),
            )
        )
        scope = f"{moment[:8]}/{self.region}/{self.service}/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = f"AWS4{self.secret}".encode()
        for each in (moment[:8], self.region, self.service, "aws4_request"):
            key = hmac.digest(key, each.encode(), "sha256")
        signature = hmac.new(key, f"{_ALGORITHM}\n{moment}\n{scope}\n{digest}".encode(), "sha256").hexdigest()
        learn(signature)  # with it, the request could be replayed for some minutes
        words = f"Credential={self.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        fields = [("X-Amz-Date", moment), ("Authorization", f"{_ALGORITHM} {words}")]
        return (*fields, *((("X-Amz-Security-Token", self.session),) if self.session else ()))
