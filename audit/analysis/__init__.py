"""The analysis library: plain Python that an opposing expert can install and run alone."""
