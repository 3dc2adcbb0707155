"""What is said to models: templates as files, one small library that renders them."""

from prompts.library import prompt_hash, prompt_hashes, prompt_role, render

__all__ = ["prompt_hash", "prompt_hashes", "prompt_role", "render"]
