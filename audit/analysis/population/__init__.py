"""A population: transcripts of many models with documented lineage, one file a model.

The method is calibrated and validated on it. `lineage` is what is documented of each model,
`labels` which pairs of a suspect and a teacher follow from that, `reading` the answers.
"""
