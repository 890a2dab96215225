"""Running a version or a draft with given inputs, and the list of earlier runs."""
