"""Whole exports: splits, Parquet, card, and a folder that is whole or not there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from button.errors import ConfigurationError, InputError
from button.export import EXPORTS, exporting
from button.export.conformance import Conformance, ConformanceError
from button.export.exporting import Asked, Export, Outcome, export
from button.export.splits import Split, assign, parse_splits, scenario_key
from button.export.template import ChatTemplate
from button.records import Trajectory

PARTS = parse_splits("train=0.75,test=0.25")


@pytest.fixture
def rows(make: Callable[..., Trajectory]) -> list[dict[str, Any]]:
    return [make(seed).to_row() for seed in range(40)]


def run(
    rows: list[dict[str, Any]], out: Path, *names: str, templates: Any = (), **more: Any
) -> Outcome:
    formats = tuple(Asked(EXPORTS[name], EXPORTS[name].switches) for name in names)
    return export(
        lambda: iter(rows), Export(out=out, formats=formats, **more), Conformance(templates)
    )


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_format_has_its_files_and_the_card_names_them(
    rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    outcome = run(rows, tmp_path / "out", *EXPORTS, splits=PARTS)
    front, _, text = (tmp_path / "out/README.md").read_text()[4:].partition("---\n")
    configs = {each["config_name"]: each for each in yaml.safe_load(front)["configs"]}
    assert next(iter(configs)) == "trl"
    for config in configs.values():
        for file in config["data_files"]:
            assert lines(tmp_path / "out" / file["path"])
    assert set(configs) == {w.asked.format.name for w in outcome.written if w.rows}
    assert "40 checked" in text
    assert "procedural" in text


def test_no_scenario_crosses_the_splits(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    run(rows, tmp_path / "out", "trl", "steps", splits=PARTS)
    scenario = {row["id"]: scenario_key(row["scenario"]["text"]) for row in rows}
    for name in ("trl", "steps"):
        parts = [
            {
                scenario[row["id"].split("-")[0]]
                for row in lines(tmp_path / f"out/{name}/{split}.jsonl")
            }
            for split in ("train", "test")
        ]
        assert parts[0]
        assert parts[1]
        assert not parts[0] & parts[1]


@settings(max_examples=25)
@given(st.dictionaries(st.text(max_size=5), st.integers(1, 9), min_size=40, max_size=60))
def test_splits_keep_to_their_shares_and_ignore_order(scenarios: dict[str, int]) -> None:
    places = assign(scenarios, PARTS)
    assert places == assign(dict(reversed(scenarios.items())), PARTS)
    total = sum(scenarios.values())
    test = sum(count for key, count in scenarios.items() if places[key] == "test")
    assert abs(test - total / 4) <= max(scenarios.values())


def test_a_split_without_a_scenario_is_refused() -> None:
    with pytest.raises(InputError, match="'test' would be empty: 1 scenarios"):
        assign({"one": 9}, PARTS)


@pytest.mark.parametrize(
    "text", ["train", "train=0.5", "train=0.5,train=0.5", "train=2", "a b=1", "train=0,x=1", ""]
)
def test_unusable_splits_are_one_line(text: str) -> None:
    with pytest.raises(ConfigurationError, match="split"):
        parse_splits(text)


def test_one_split_is_a_split() -> None:
    assert parse_splits("all=1") == (Split("all", 1.0),)


@pytest.mark.parametrize("parquet", [False, True])
def test_datasets_loads_the_folder_with_every_value_as_it_was(
    rows: list[dict[str, Any]], tmp_path: Path, parquet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets", reason="the dev extra has it")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    names = ("trl", "openai", "sharegpt", "spans")
    run(rows, tmp_path / "plain", *names)
    run(rows, tmp_path / "out", *names, splits=PARTS, parquet=parquet)
    for name in names:
        loaded = datasets.load_dataset(
            str(tmp_path / "out"), name, cache_dir=str(tmp_path / "cache")
        )
        assert set(loaded) == {"train", "test"}
        found = [*loaded["train"], *loaded["test"]]
        wanted = lines(tmp_path / "plain" / name / "train.jsonl")
        by_text = sorted(json.dumps(row, sort_keys=True) for row in wanted)
        assert sorted(json.dumps(row, sort_keys=True) for row in found) == by_text


def test_parquet_holds_no_key_that_a_call_does_not_have(
    rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the export extra has it")
    run(rows, tmp_path / "plain", "trl")
    run(rows, tmp_path / "out", "trl", parquet=True)
    table = parquet.read_table(tmp_path / "out/trl/train.parquet").to_pylist()
    found = [[json.loads(message) for message in row["messages"]] for row in table]
    assert found == [row["messages"] for row in lines(tmp_path / "plain/trl/train.jsonl")]


def test_parquet_without_pyarrow_is_one_line(
    rows: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ConfigurationError, match=r"install button-simulator\[export\]"):
        run(rows, tmp_path / "out", "trl", parquet=True)
    assert list(tmp_path.iterdir()) == []


def test_the_same_rows_make_the_same_bytes(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(rows, tmp_path / name, "trl", "steps", "button", splits=PARTS)
    files = [
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    ]
    assert files[0] == files[1]


def test_a_loss_leaves_nothing_behind(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    template = tmp_path / "t.jinja"
    template.write_text("{% for m in messages %}{{ m.content }}{% endfor %}")
    with pytest.raises(ConformanceError, match="drops a call"):
        run(rows, tmp_path / "out", "trl", templates=[ChatTemplate(template)])
    assert list(tmp_path.iterdir()) == [template]


def test_an_error_in_the_midst_leaves_nothing_behind(
    rows: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise RuntimeError("in the midst")

    monkeypatch.setattr(exporting, "card", fails)
    with pytest.raises(RuntimeError, match="midst"):
        run(rows, tmp_path / "out", "trl")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_left_by_a_killed_export_is_replaced(
    rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / ".out.tmp/old").mkdir(parents=True)
    run(rows, tmp_path / "out", "trl")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert not (tmp_path / "out/old").exists()


def test_a_place_that_is_taken_is_refused(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(InputError, match="not empty"):
        run(rows, tmp_path, "trl")
    assert (tmp_path / "mine").read_text() == "kept"


@pytest.mark.parametrize(("found", "text"), [([], "no accepted"), ([{"id": "x"}], "row 1 is no")])
def test_what_cannot_be_exported_is_one_line(
    found: list[dict[str, Any]], text: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=text) as caught:
        run(found, tmp_path / "out", "trl")
    assert "\n" not in str(caught.value)


def test_formats_without_a_row_are_refused_with_the_reason(
    rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    tame = [row for row in rows if not any(m.get("is_error") for m in row["messages"])]
    with pytest.raises(InputError, match="no trajectory has a row .* no twin"):
        run(tame, tmp_path / "out", "preference")


def test_llama_factory_finds_its_description(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    run(rows, tmp_path / "out", "sharegpt")
    about = json.loads((tmp_path / "out/sharegpt/dataset_info.json").read_text())["button"]
    assert (tmp_path / "out/sharegpt" / about["file_name"]).exists()
    first = lines(tmp_path / "out/sharegpt" / about["file_name"])[0]
    assert set(about["columns"].values()) <= set(first)


def test_hostile_words_do_not_break_the_card(
    make: Callable[..., Trajectory], tmp_path: Path
) -> None:
    hostile = [
        make(seed, hostile=True)
        .model_copy(update={"scenario": make(0).scenario.model_copy(update={"text": "---\n<b>"})})
        .to_row()
        for seed in range(5)
    ]
    run(hostile, tmp_path / "out", "trl", title="x: [y]\n---\n# <script>", license="cc-by-4.0")
    text = (tmp_path / "out/README.md").read_text()
    front = yaml.safe_load(text[4:].partition("\n---\n\n")[0])
    assert front["license"] == "cc-by-4.0"
    assert "<script>" not in text.partition("\n---\n\n")[2]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("built-in", "built-in"),
        ("somebody/secret/seeds.jsonl:12", "seeds.jsonl"),
        ("seeds.jsonl", "seeds.jsonl"),
        ("a:b", "a:b"),
    ],
)
def test_the_card_names_files_without_their_folders(
    source: str, name: str, make: Callable[..., Trajectory], tmp_path: Path
) -> None:
    record = make(1)
    seeds = record.seeds.model_copy(update={"source": source})
    run([record.model_copy(update={"seeds": seeds}).to_row()], tmp_path / "out", "trl")
    text = (tmp_path / "out/README.md").read_text()
    assert f"seeds: {name} 1" in text
    assert "somebody" not in text
