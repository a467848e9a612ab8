"""Figures: each a pure function of the frozen document, one specification for page and print."""
