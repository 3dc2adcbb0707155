"""One virtual environment per peer, made once under build/peers; what cannot be had is said."""

import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parents[2] / "build" / "peers"
LONGEST_S = 1800


class Peer(NamedTuple):
    """A peer and how it is installed."""

    name: str
    program: str
    """File of this folder that drives it."""
    packages: tuple[str, ...]
    bare: tuple[str, ...] = ()
    """Packages that are installed without what they ask for."""


DATAFLOW = Peer(
    "DataFlow",
    "dataflow_peer.py",
    ("requests", "tqdm", "pandas==2.3.3", "numpy<2", "colorlog", "rich", "huggingface_hub",
     "pydantic"),
    ("open-dataflow==1.0.13",),
)  # fmt: skip
CURATOR = Peer("curator", "curator_peer.py", ("bespokelabs-curator==0.1.31",))
DISTILABEL = Peer("distilabel", "distilabel_peer.py", ("distilabel[openai]==1.5.3", "requests"))
DATA_DESIGNER = Peer("data-designer", "data_designer_peer.py", ("data-designer==0.9.6",))
ONE_STEP = (CURATOR, DISTILABEL, DATA_DESIGNER)


class NotInstalledError(Exception):
    """A peer cannot be installed here; the text is the last line of what pip said."""


def python_of(peer: Peer) -> Path:
    """The interpreter of the peer's environment, which is made if need be.

    Raises:
        NotInstalledError: pip could not.
    """
    folder = FOLDER / peer.name
    python, done = folder / "bin" / "python", folder / ".installed"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        for packages, flags in ((peer.bare, ["--no-deps"]), (peer.packages, [])):
            if packages:
                _install(python, [*flags, *packages])
        done.touch()
    return python


def _install(python: Path, arguments: list[str]) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", *arguments]
    print(f"  installing {' '.join(arguments)} ...", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"pip took longer than {LONGEST_S} s") from None
    if done.returncode:
        raise NotInstalledError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
