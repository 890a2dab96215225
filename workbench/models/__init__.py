"""Model endpoints: the only package that imports openai."""
