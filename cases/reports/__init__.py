"""The press: rows frozen into one document, and the document printed. Knows no models."""
