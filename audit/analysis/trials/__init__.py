"""Changed copies of transcripts, to measure how far a result withstands reworking.

Pure and repeatable for a generator. `laundering` reworks an answer as somebody would who hides
where it came from, `dose` mixes the answers of two models, `sizes` draws the smaller samples of a
power curve. None of them says anything about a case; they measure the method.
"""
