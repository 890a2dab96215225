"""Paths, configuration, the table of actions and the keymap."""
