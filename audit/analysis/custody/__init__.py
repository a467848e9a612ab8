"""Evidence that verifies without us: chains, trees, signed notes, time stamps."""
