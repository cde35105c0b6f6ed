"""Pure parsers: text in, frozen records with spans out. Hostile input is bounded, nothing raises."""
