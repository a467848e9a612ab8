"""Filters and tags of the pages: plain text in, plain text or drawn figures out."""
