"""The sheets of a release: the plan with its checks, reviews, promoting, rolling back."""
