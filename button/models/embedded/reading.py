"""Reading: from a sub-task's words back to the function, the values and the references in it."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.functions import Function, Param, Port
from button.models.embedded.phrases import Reading, Template, split_words
from button.models.embedded.world import World, the_world


@dataclass(frozen=True)
class Reference:
    """A noun phrase that stands for a value of an earlier result."""

    text: str
    ports: tuple[Port, ...]


class Reader:
    """Reads clauses of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._says: dict[str, list[tuple[Function, int, Template]]] = defaultdict(list)
        self._plain: dict[str, list[Port]] = defaultdict(list)
        self._filled: list[Port] = []
        for function in world.functions.values():
            for index, template in enumerate(function.says):
                self._says[template.prefix.split(" ")[0]].append((function, index, template))
            for port in function.ports:
                if port.np.required:
                    self._filled.append(port)
                else:
                    self._plain[port.np.source.lower()].append(port)

    def clause(self, text: str, today: str) -> Clause | None:
        """The clause that `text` says (a bare infinitive, with or without a full stop), or None."""
        text = text.strip().removesuffix(".")
        lowered = text.lower()
        for function, index, template in self._says.get(lowered.split(" ")[0], []):
            if lowered.startswith(template.prefix):
                reading = template.read(text)
                clause = reading and self._clause(function, index, reading, today)
                if clause:
                    return clause
        return None

    def _clause(
        self, function: Function, index: int, reading: Reading, today: str
    ) -> Clause | None:
        values: dict[str, Any] = dict.fromkeys(reading.flags, True)
        references: dict[str, str] = {}
        for path, words in reading.slots.items():
            value = self.value(function, path, words, today)
            if value is not None:
                values[path] = value
            elif self._refers(function.params[path], words, today):
                references[path] = words
            else:
                return None
        if any(p.path not in values and p.path not in references for p in function.required):
            return None
        values = {path: values[path] for path in function.params if path in values}
        return Clause(function, index, values, references)

    def _refers(self, param: Param, words: str, today: str) -> bool:
        """Whether `words` may stand for a value of the parameter's kind."""
        reference = self.reference(words, today)
        return (
            reference is not None
            and param.kind is not None
            and any(self.world.kind_name(port) == param.kind.name for port in reference.ports)
        )

    @staticmethod
    def value(function: Function, path: str, words: str, today: str) -> Any | None:
        """The value that `words` says for a parameter, or None."""
        param = function.params[path]
        if param.kind is None:
            return None
        if not param.is_list:
            return param.kind.read(words, today)
        items = [param.kind.read(word, today) for word in split_words(words)]
        return None if any(item is None for item in items) else items

    def reference(self, words: str, today: str) -> Reference | None:
        """The ports that `words` may stand for, or None."""
        lowered = words.lower()
        ports = list(self._plain.get(lowered, ()))
        for port in self._filled:
            if lowered.startswith(port.np.prefix):
                reading = port.np.read(words)
                function = self.world.functions[port.function]
                if reading and all(
                    self.value(function, path, said, today) is not None
                    or self.reference(said, today) is not None
                    for path, said in reading.slots.items()
                ):
                    ports.append(port)
        return Reference(words, tuple(ports)) if ports else None


@lru_cache(maxsize=1)
def the_reader() -> Reader:
    """The reader of the world that ships with the package."""
    return Reader(the_world())


@lru_cache(maxsize=20_000)
def read_clause(text: str, today: str) -> Clause | None:
    """`Reader.clause` of the shipped world; remembered, because each stage reads the same words."""
    return the_reader().clause(text, today)
