"""Promotions before they happen: what a plan shows, what must hold for it, who approved it, and what is signed."""
