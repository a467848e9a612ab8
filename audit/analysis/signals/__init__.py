"""Signals: the ways in which two models' answers are found alike, one module each.

A signal of habits compares how often two models do something over all prompts; a signal of
answers compares two answers to one prompt and is averaged. `cohort.measure` takes them all in one
pass, `features` says what is fused, and none of them sees headings, bullets, bold or line breaks.
"""
