"""Model calls: what is sent and to which model, the call while it lasts, and what is kept of it."""
