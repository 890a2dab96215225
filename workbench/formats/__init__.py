"""Prompt files, one module a format: the only package that reads or writes them."""
