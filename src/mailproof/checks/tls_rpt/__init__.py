"""The rules of the topic tls_rpt, one a file."""
