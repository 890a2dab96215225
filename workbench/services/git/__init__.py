"""A git repository and the store: what differs, what comes in as versions, what goes out as commits."""
