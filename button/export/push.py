"""A folder of data sets to the Hub; only where huggingface_hub is installed."""

import importlib
from pathlib import Path
from typing import Any

from button.errors import ConfigurationError, EndpointError


def hub() -> Any:
    """The module huggingface_hub.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        return importlib.import_module("huggingface_hub")
    except ImportError:
        raise ConfigurationError(
            "--push-to needs huggingface_hub: `pip install huggingface_hub`, then `hf auth login`"
        ) from None


def push(folder: Path, name: str, *, private: bool) -> str:
    """Upload the folder as the data set `name`; its address.

    Raises:
        ConfigurationError: huggingface_hub is not installed.
        EndpointError: the Hub refuses, or cannot be reached.
    """
    module = hub()
    interface = module.HfApi()
    try:
        address = interface.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
        interface.upload_folder(repo_id=name, repo_type="dataset", folder_path=str(folder))
    # Its errors are httpx's, OSError's or ValueError's, by version and cause.
    except (OSError, ValueError, RuntimeError, module.errors.HfHubHTTPError) as error:
        reason = " ".join(str(error).split())[:300]
        raise EndpointError(f"the Hub did not take {name!r}: {reason}") from error
    return str(address)
