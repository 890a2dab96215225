"""One screen a file, its stylesheet beside it.

Screens lead to one another, and only they: each imports the next one where it is opened, so that nobody waits for a
screen that is never visited.
"""
