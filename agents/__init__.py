"""Who acts: one file per agent, and `agent.py`, which all of them share.

An agent's file names the keys it reads and writes, its output contract, its prompt, and one node.
"""

import button  # noqa: F401 - refuses strangers in place of our packages
