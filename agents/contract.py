"""Output contracts: what an answer must look like, and how it is read without mercy or repair."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

from langchain_core.messages import AIMessage
from pydantic import BaseModel, ConfigDict, ValidationError

from button.canonical import parse_json_strict
from button.errors import ContractError

ContractT = TypeVar("ContractT", bound=BaseModel)
MAX_PROBLEMS = 5
MAX_SHOWN = 60

_FENCED = re.compile(r"\A```(?:json)?[ \t]*\n(.*)\n```\Z", re.DOTALL)


class Contract(BaseModel):
    """Base of all contracts: no unknown keys, no conversion of types."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


class RuleError(ContractError):
    """The answer has the right form, but breaks a rule; `code` says which kind of rule."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def contract_form(name: str, contract: type[BaseModel] | Mapping[str, Any]) -> dict[str, Any]:
    """The `response_format` that binds a contract or a JSON Schema under `name`."""
    schema = dict(contract) if isinstance(contract, Mapping) else _schema(contract)
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "schema": {**schema, "title": name}},
    }


def parse_contract(contract: type[ContractT], message: AIMessage) -> ContractT:
    """The answer as the contract.

    Raises:
        ContractError: it is no JSON object or does not fit; the text says where.
    """
    try:
        return contract.model_validate(parse_object(message))
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, found['loc'])) or 'answer'}: {found['msg']}"
            for found in error.errors(include_url=False)[:MAX_PROBLEMS]
        ]
        raise ContractError("; ".join(lines)) from error


def parse_object(message: AIMessage) -> dict[str, Any]:
    """The JSON object that an answer is, with or without a code fence.

    Raises:
        ContractError: there is none.
    """
    text = str(message.content).strip()
    fenced = _FENCED.match(text)
    text = fenced[1] if fenced else text
    try:
        value = parse_json_strict(text)
    except ValueError as error:
        shown = text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
        raise ContractError(f"not one JSON object ({error}): {shown!r}") from error
    if not isinstance(value, dict):
        raise ContractError(f"not a JSON object but {type(value).__name__}")
    return value


@lru_cache(maxsize=256)
def _schema(contract: type[BaseModel]) -> dict[str, Any]:
    return contract.model_json_schema()
