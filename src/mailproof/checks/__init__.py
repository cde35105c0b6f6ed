"""The rules, one per file, in a package per topic; ``registry`` lists them."""
