"""The rules: one a file, by topic; ``registry`` lists them."""
