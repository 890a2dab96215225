"""The library: the screen that the app opens with, and what can be done from it."""
