"""The method on a population of documented lineage: calibration packs, error rates and power."""
