"""What is live: plans and their checks, promotions and rollbacks, reviews and signatures, hooks and bundles."""
