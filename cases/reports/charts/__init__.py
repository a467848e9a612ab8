"""Charts: one specification each, drawn on the page and in print."""
