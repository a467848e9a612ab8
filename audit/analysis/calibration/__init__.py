"""Likelihood ratios: made, bounded, judged on pairs of known truth, drawn, and put into words.

H1 and H2 are the hypotheses about a pair; a log-LR is log(p(evidence | H1) / p(evidence | H2)).
Functions take **natural** logarithms, one array for the pairs under H1 and one for those under H2.
What is meant to be read (bounds, curves, words) is in **base ten**, and its name says `log10`.
"""
