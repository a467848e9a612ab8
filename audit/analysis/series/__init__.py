"""A line of releases over time: looks that may be many, and changes between them."""
