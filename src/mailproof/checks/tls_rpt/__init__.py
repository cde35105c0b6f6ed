"""The rules of the topic tls_rpt, one per file."""
