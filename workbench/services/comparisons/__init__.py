"""The same inputs run on several columns: planned, called, judged, and what follows from the verdicts."""
