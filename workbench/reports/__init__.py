"""Diffs, checks and reports to hand on, as Markdown and as HTML: pure writers from domain values to text.

A page stands alone: no script, nothing fetched, dark and light, for a phone and for paper. What a prompt says is data
everywhere: it is escaped, and its control characters are pictures.
"""
