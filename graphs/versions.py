"""Which prompts and which code made a trajectory: hashes over their files."""

import hashlib
from functools import lru_cache
from pathlib import Path

from button.records import Versions
from prompts import prompt_hashes

ROOT = Path(__file__).resolve().parent.parent
CODE = ("agents", "graphs", "tools", "prompts", "button/checks", "button/models", "button")
"""Folders whose code shapes the text of a trajectory; `button` itself without its other parts."""


@lru_cache(maxsize=1)
def versions() -> Versions:
    """Hashes of the prompts and of the code, read once."""
    digest = hashlib.sha256()
    for folder in CODE:
        files = (ROOT / folder).glob("*.py" if folder == "button" else "**/*")
        for path in sorted(files):
            if path.suffix in (".py", ".yaml"):
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    return Versions(prompts=prompt_hashes(), code=digest.hexdigest())


versions()  # now, because files must not be read while an event loop runs
