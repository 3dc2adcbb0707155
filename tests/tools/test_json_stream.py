import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.errors import InputError
from tools import json_stream
from tools.documents import read_rows
from tools.json_stream import elements

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


def split(text: str, chunk: int) -> list[str]:
    stream = io.StringIO(text)
    return list(elements(lambda _: stream.read(chunk), 10_000))


@given(rows=st.lists(JSON, max_size=6), chunk=st.integers(1, 40), indent=st.sampled_from([None, 2]))
def test_a_list_is_the_same_however_it_is_cut(
    rows: list[Any], chunk: int, indent: int | None
) -> None:
    text = json.dumps(rows, indent=indent)
    assert [json.loads(element) for element in split(f" {text}\n", chunk)] == rows


@pytest.mark.parametrize("chunk", [1, 3, 1000])
@pytest.mark.parametrize("text", ["[1, 2", "[1 2]", "[1] 2", "{", "[1,]", "hello", "[,]", "{} {}"])
def test_what_is_no_json_is_an_error_however_it_is_cut(text: str, chunk: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        split(text, chunk)


def test_elements_before_a_broken_place_are_given_and_the_place_is_named() -> None:
    stream = io.StringIO('[{"a": 1}, {"b" 2}, {"c": 3}]')
    found = elements(stream.read, 1000)
    assert next(found) == '{"a": 1}'
    with pytest.raises(ValueError, match="element 2: Expecting ':' delimiter"):
        next(found)


def test_a_long_list_needs_no_more_than_its_longest_element(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", 64)
    asked: list[int] = []
    stream = io.StringIO(json.dumps(["x" * 50] * 1000))

    def read(size: int) -> str:
        asked.append(size)
        return stream.read(size)

    assert sum(1 for _ in elements(read, 1000)) == 1000
    assert max(asked) <= 128


def test_an_endless_element_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MAX_ELEMENT", 1000)
    monkeypatch.setattr(json_stream, "CHUNK", 100)
    with pytest.raises(ValueError, match="element 1: broken, or longer than 1000"):
        split('["' + "x" * 5000 + '"]', 100)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.json.gz", "a.jsonl", "a.json"])
def test_gzip_is_read_as_what_it_holds(tmp_path: Path, name: str) -> None:
    rows = [{"a": 1}, {"b": "é"}]
    text = json.dumps(rows) if ".jsonl" not in name else "\n".join(map(json.dumps, rows))
    (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    assert [row.value for row in read_rows(tmp_path / name)] == rows


def test_gzip_that_breaks_off_is_one_line(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"a": 1}\n' * 1000)
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="is broken gzip") as caught:
        list(read_rows(tmp_path / "a.jsonl.gz"))
    assert "\n" not in str(caught.value)
