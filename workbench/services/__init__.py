"""Use cases: what a person can do, whichever face they do it from."""
