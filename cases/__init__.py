"""Who holds what, who did what to it, and what may be said? This package stands on audit."""
