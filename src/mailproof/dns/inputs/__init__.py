"""DNS that is not published yet, in the forms that people keep it in (``forms``)."""
