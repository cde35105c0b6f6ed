"""Reads DNS data that is not published yet, in the formats that people keep it in (``forms``)."""
