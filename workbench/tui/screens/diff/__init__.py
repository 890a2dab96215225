"""Two texts side by side, stepping through history, reviewing and taking blocks, and merging two versions."""
