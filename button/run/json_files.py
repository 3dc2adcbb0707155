"""The JSON files of a run directory: written whole, with a checksum inside, read with suspicion."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from button.canonical import content_hash, parse_json_strict
from button.errors import RunDirectoryError
from button.run.atomic_write import write_atomically

CHECKSUM = "checksum"


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON object with the checksum of its content.

    Raises:
        StorageError: it could not be written.
    """
    write_atomically(path, [_text(value)])


def read_json(path: Path, format_version: int) -> dict[str, Any]:
    """Read a JSON object that `write_json` wrote.

    Raises:
        RunDirectoryError: it is missing, unreadable, of another format version, or not as written.
    """
    name, folder = repr(str(path)), repr(str(path.parent))
    try:
        text = path.read_bytes().decode("utf-8")
        value = parse_json_strict(text)
    except FileNotFoundError:
        raise RunDirectoryError(f"{folder} is no run directory: no {path.name}") from None
    except NotADirectoryError:
        raise RunDirectoryError(f"{folder} is a file, not a run directory") from None
    except OSError as error:
        raise RunDirectoryError(f"cannot read {name}: {error.strerror}") from error
    except ValueError as error:
        raise RunDirectoryError(f"{name} is damaged: {error}") from error
    if not isinstance(value, dict):
        raise RunDirectoryError(f"{name} is damaged: not a JSON object")
    if value.get("format") != format_version:
        raise RunDirectoryError(
            f"{name} has format {value.get('format')!r}; this version knows {format_version}; "
            "use the version that made it, or begin a new run"
        )
    value.pop(CHECKSUM, None)
    if _text(value) != text:
        raise RunDirectoryError(f"{name} is damaged: it differs from its checksum")
    return value


def _text(value: Mapping[str, Any]) -> str:
    plain = {key: inner for key, inner in value.items() if key != CHECKSUM}
    whole = plain | {CHECKSUM: content_hash(plain)}
    return json.dumps(whole, indent=2, sort_keys=True, allow_nan=False) + "\n"
