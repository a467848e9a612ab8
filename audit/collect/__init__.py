"""Collectors: how models are asked and what is kept of each call. The network is used here."""
