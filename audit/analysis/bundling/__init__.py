"""Bundles: a matter as a folder of files that anyone can check without us (BUNDLE.md)."""
