"""Creates all TLS contexts, which determine how certificates and TLS connections are verified.

`ssl.create_default_context` differs between Python versions: since 3.13 it sets VERIFY_X509_STRICT and
VERIFY_X509_PARTIAL_CHAIN; versions, ciphers and options depend on how the interpreter was built. A verdict on
a mail host must not depend on that, so everything is set explicitly, to what mail software accepts:

- Mail servers, fetchers of MTA-STS policies (RFC 8461 section 3.3) and mail clients verify according to
  RFC 5280 section 6, with their library's defaults. VERIFY_X509_STRICT rejects certificates that lack fields
  which that algorithm does not need, including five of the 143 roots in Debian 12's store. Certificates that
  pass only without it are reported as a note: see mail.tls_strict.
- Without VERIFY_X509_PARTIAL_CHAIN, a chain must end at a root, which is OpenSSL's default. Some (curl, Go)
  stop at any certificate in their store: they accept whatever passes here, and system stores hold only roots.
- Names count only in the subjectAltName (RFC 8461 sections 3.3 and 4.2, RFC 9525 section 6.3).
- TLS 1.2 is the minimum (RFC 8996), with OpenSSL's default ciphers at security level 2, the level of
  OpenSSL 3.2 and the distributions: keys of at least 112 bits of security, no SHA-1 signatures.
- A connection closed without close_notify is an error, not the end of the data (RFC 8446 section 6.1).
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailproof.files import check_given


def client_context(
    ca_file: Path | str | None = None, *, verify: bool = True, legacy: bool = False
) -> ssl.SSLContext:
    """Create a client context. Raises OSError (such as ssl.SSLError) if ``ca_file`` cannot be used.

    ``ca_file`` replaces the system's authorities. ``verify=False`` accepts any certificate; ``legacy`` any
    version and cipher that OpenSSL still has, to inspect an old server: never send anything over it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST  # only OpenSSL's default
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)  # OpenSSL 3; Debian's Python 3.11 sets it
    set_versions(context, ssl.TLSVersion.TLSv1 if legacy else ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("ALL:@SECLEVEL=0" if legacy else "DEFAULT:@SECLEVEL=2")
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if ca_file:
        check_given(Path(ca_file))
        context.load_verify_locations(str(ca_file))
    elif verify:
        context.load_default_certs()
    return context


@contextmanager
def without_warnings() -> Iterator[None]:
    """While inside, no Python warnings: a server could cause them, and they go to standard error."""
    with warnings.catch_warnings(action="ignore"):
        yield


@without_warnings()  # old versions are deliberate: they are evidence
def set_versions(context: ssl.SSLContext, least: ssl.TLSVersion, most: ssl.TLSVersion | None = None) -> None:
    """Limit the versions, including old ones. Raises ValueError for one that OpenSSL was built without."""
    context.minimum_version = least
    context.maximum_version = most or ssl.TLSVersion.MAXIMUM_SUPPORTED
