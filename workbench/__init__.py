"""Version, diff, run, promote and roll back prompts, on one SQLite file."""
