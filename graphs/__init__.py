"""In which order: what the graphs know (`state`), and how agents follow each other.

Nothing but wiring and routing: no prompt, no parsing, no input or output.
"""
