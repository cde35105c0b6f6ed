"""How certificates and TLS connections are verified: every context of ours comes from here.

`ssl.create_default_context` means something else in each Python: since 3.13 it sets VERIFY_X509_STRICT and
VERIFY_X509_PARTIAL_CHAIN; versions, ciphers and options depend on who built the interpreter. A verdict on a
mail host must not. So all of it is set outright, to what those accept whose mail and programs are at stake:

- Mail servers, fetchers of MTA-STS policies (RFC 8461 section 3.3) and mail programs verify as RFC 5280
  section 6 says, by their library's defaults. VERIFY_X509_STRICT refuses certificates for the lack of what
  that algorithm does not need, five of the 143 roots in Debian 12's store among them. What passes only
  without it is reported as a note: see mail.tls_strict.
- Without VERIFY_X509_PARTIAL_CHAIN a chain ends at a root, as is OpenSSL's default. Some (curl, Go) stop at
  any certificate in their store: what passes here passes there, and stores of systems hold roots alone.
- A name counts in the subjectAltName alone (RFC 8461 sections 3.3 and 4.2, RFC 9525 section 6.3).
- TLS 1.2 is the least (RFC 8996), with OpenSSL's own list of ciphers at security level 2, as it is built by
  OpenSSL 3.2 and by the distributions: keys of 112 bits of security, no SHA-1 signatures.
- An end without close_notify is an error, not the end of what was sent (RFC 8446 section 6.1).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.files import check_given

if TYPE_CHECKING:
    import ssl


def client_context(
    ca_file: Path | str | None = None, *, verify: bool = True, legacy: bool = False
) -> ssl.SSLContext:
    """A client's context. Raises OSError (ssl.SSLError is one) where ``ca_file`` cannot be used.

    ``ca_file`` replaces the system's authorities. ``verify=False`` takes any certificate; ``legacy`` any
    version and cipher that OpenSSL still has, to look at an old server: send nothing over it.
    """
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST  # OpenSSL's default, and nothing else
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


def set_versions(context: ssl.SSLContext, least: ssl.TLSVersion, most: ssl.TLSVersion | None = None) -> None:
    """Limit the versions, old ones included. Raises ValueError for one that OpenSSL was built without."""
    import ssl
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # on purpose: an old server is evidence
        context.minimum_version = least
        context.maximum_version = most or ssl.TLSVersion.MAXIMUM_SUPPORTED
