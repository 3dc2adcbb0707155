"""In which order: what the graphs know (`state`), and how agents follow each other.

Nothing but wiring and routing: no prompt, no parsing, no input or output.
"""

import button  # noqa: F401 - refuses strangers in place of our packages
