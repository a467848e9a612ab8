"""Rules without a database: the chain of custody, who may do what, and labels."""
