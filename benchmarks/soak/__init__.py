"""The goals of reliability, measured: `make soak` does all of it, `make soak-small` a little.

Each module measures one goal or a few that share their work; `sizes` says how much is done.
What is promised and how it is proved stands in docs/reliability.md.
"""
