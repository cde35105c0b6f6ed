"""A small zone for acme.example, for tests of whole commands."""

HOSTS = """$ORIGIN acme.example.
@ 60 SOA ns1 hostmaster 1 2 3 4 5
@ 60 NS ns1
@ 60 NS ns2
ns1 60 A 192.0.2.53
ns2 60 A 198.51.100.53
@ 60 MX 10 mx1
mx1 60 A 192.0.2.26
"""
#: A zone in which an audit has findings.
FAULTY = f"""{HOSTS}@ 60 TXT "v=spf1 mx +all"
_dmarc 60 TXT "v=DMARC1; p=none; rua=mailto:d@acme.example"
s1._domainkey 60 TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""
