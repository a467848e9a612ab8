"""What can be done to sources, embeddings, runs and jobs; one deed per function."""
