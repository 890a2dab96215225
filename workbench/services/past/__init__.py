"""What was: the log and the ledger in pages, the store as it was, who brought each line, and taking acts back."""
