"""The protocols: SPF check_host, the DMARC tree walk and evaluation, DKIM and ARC verification."""
