"""A run without graphs: outcomes that depend on the item alone, delays that do not matter."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "run_world", Path(__file__).with_name("run_world.py")
)


@pytest.fixture(scope="session")
def world() -> ModuleType:
    """The module beside this file; subprocesses run it too."""
    assert _SPEC is not None
    assert _SPEC.loader is not None
    module = importlib.util.module_from_spec(_SPEC)
    _SPEC.loader.exec_module(module)
    return module
