"""What is said to models: templates as files, one small library that renders them."""

import button  # noqa: F401 - refuses strangers in place of our packages
from prompts.library import prompt_hash, prompt_hashes, prompt_role, render

__all__ = ["prompt_hash", "prompt_hashes", "prompt_role", "render"]
