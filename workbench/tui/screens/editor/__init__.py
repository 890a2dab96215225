"""Writing a version: the text, what it needs, and saving it with a reason."""
