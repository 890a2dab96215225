"""What two texts differ in: what can stand on a side, diffs that take long, and merging two versions."""
