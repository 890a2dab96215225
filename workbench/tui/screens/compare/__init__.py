"""The same input on several columns, with verdicts."""
