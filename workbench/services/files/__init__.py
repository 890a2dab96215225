"""Prompt files into the store and out of it, and checking them where they lie."""
