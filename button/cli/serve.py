"""`button serve`: the embedded model or a cassette as an OpenAI-compatible server."""

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.style import Style
from rich.text import Text

from button.errors import ConfigurationError

if TYPE_CHECKING:
    from button.serve import ModelServer
    from button.serve.answering import Answers

PORT = 8765
LONGEST_LATENCY_S = 600.0
FAREWELL = {signal.SIGINT: "Stopped", signal.SIGTERM: "Stopped by SIGTERM"}


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; only this machine reaches the default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = PORT,
    cassette: Annotated[
        Path | None,
        typer.Option(help="Answer from a recording of `button record export` instead."),
    ] = None,
    latency: Annotated[
        str,
        typer.Option(
            metavar="S[,S]",
            help="Seconds that an answer takes: one number, or the shortest and the longest.",
        ),
    ] = "0",
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            help="A web page's origin that may ask, such as http://localhost:3000; none may "
            "otherwise. May be given again."
        ),
    ] = None,
) -> None:
    """Serve the embedded procedural model as an OpenAI-compatible endpoint, without any key."""
    # Imported here: no other command should wait for an HTTP server.
    from button.serve import CassetteAnswers, EmbeddedAnswers, ModelServer  # noqa: PLC0415

    seconds = seconds_of(latency)
    answers: Answers = CassetteAnswers(cassette) if cassette else EmbeddedAnswers()
    server = ModelServer(
        answers, host=host, port=port, latency_s=seconds, origins=allow_origin or ()
    )
    asyncio.run(_until_signal(Console(emoji=False), server, answers))


def seconds_of(latency: str) -> tuple[float, float]:
    """The shortest and the longest time of an answer.

    Raises:
        ConfigurationError: the text says none.
    """
    try:
        low, high = (float(part) for part in f"{latency},{latency}".split(",")[:2])
        if latency.count(",") == 1:
            low, high = (float(part) for part in latency.split(","))
        elif "," in latency:
            raise ValueError
    except ValueError:
        raise ConfigurationError(
            f"--latency {latency!r}: give seconds, such as 0.2, or a range, such as 0.1,0.5"
        ) from None
    if not 0 <= low <= high <= LONGEST_LATENCY_S:
        raise ConfigurationError(
            f"--latency {latency!r}: from 0 to {LONGEST_LATENCY_S:g} seconds, the shorter one first"
        )
    return low, high


async def _until_signal(console: Console, server: "ModelServer", answers: "Answers") -> None:
    stopped = asyncio.Event()
    received: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        received.append(number)
        stopped.set()

    for number in FAREWELL:
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    async with server:
        _say(console, server, answers)
        await stopped.wait()
    answers_given = f"{server.answered:,} answer{'' if server.answered == 1 else 's'}"
    farewell = f"{FAREWELL[received[0]]} after {answers_given}."
    console.print(farewell, style="dim", highlight=False)


def _say(console: Console, server: "ModelServer", answers: "Answers") -> None:
    """Where it is, what it is, and how it is used."""
    from button.serve import CassetteAnswers  # noqa: PLC0415

    url, model = server.base_url, answers.models[0]
    what = (
        f"{len(answers):,} recorded answers of {', '.join(answers.models)}; others are refused"
        if isinstance(answers, CassetteAnswers)
        else f"{model}: a program, no language model. It plays the roles of the simulator's\n"
        "prompts; for any other it fills forms and makes calls that fit their schemas."
    )
    lines: list[str | tuple[str, str | Style]] = [
        ("Serving at ", "bold"), (url, "bold cyan"), ("   Ctrl-C stops it\n", "dim"), (what, ""),
        ("\n\n  any client    ", "dim"), f"base_url {url}, model {model}, any key",
        ("\n  Python        ", "dim"), f'OpenAI(base_url="{url}", api_key="none")',
        ("\n  LangChain     ", "dim"), f'ChatOpenAI(model="{model}", base_url="{url}", ',
        'api_key="none")',
        ("\n  a dataset     ", "dim"), f"button generate --set default_model.model={model} \\\n",
        f"                  --set default_model.base_url={url} --set default_model.seed_bits=53",
    ]  # fmt: skip
    console.print(Text.assemble(*lines), soft_wrap=True)
    if not server.is_local:
        console.print(
            "Whoever reaches this address over the network can ask; no key is checked.",
            style="yellow", highlight=False,
        )  # fmt: skip
