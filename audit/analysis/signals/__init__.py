"""Signals: the ways in which two models' answers are found alike, one module each.

A signal of habits compares how often two models do something over all prompts; a signal of
answers compares two answers to one prompt and is averaged. `cohort.measure` takes them all in one
pass, and `registry` says which are fused, which are reported only, and which is the negative
control: length and layout. None but the control sees headings, bullets, bold or line breaks.
"""
