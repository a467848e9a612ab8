"""Rules without a database: who may do what, what a plan may rest on, and labels."""
