"""One test per module; no module knows another."""
