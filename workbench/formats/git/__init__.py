"""Reading and writing git repositories through git itself."""
