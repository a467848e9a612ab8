"""One change per function; each names its actor `by` and leaves a custody entry with it."""
