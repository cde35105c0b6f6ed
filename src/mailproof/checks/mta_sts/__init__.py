"""The rules of the topic mta_sts, one per file."""
