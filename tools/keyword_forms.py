"""What the keywords of a schema may hold in the dialects that are read; anything else is told."""

from typing import Any

from button.errors import SignatureError
from tools.mapping_notes import Notes
from tools.type_names import schema_of_type

KEPT = frozenset(
    ("description", "title", "default", "examples", "enum", "const", "format", "pattern", "$ref",
     "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
     "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
     "minContains", "maxContains", "dependentRequired", "readOnly", "writeOnly", "deprecated")
)  # fmt: skip
MAPPED = frozenset(
    ("type", "properties", "patternProperties", "required", "additionalProperties", "items",
     "prefixItems", "contains", "propertyNames", "anyOf", "oneOf", "allOf", "not", "if", "then",
     "else", "$defs", "definitions", "$schema", "optional", "values", "options")
)  # fmt: skip
ONE = ("contains", "propertyNames", "not", "if", "then", "else")
MANY = ("prefixItems", "anyOf", "oneOf", "allOf")
NAMED = ("patternProperties", "$defs", "definitions")
_LISTS_OF_NAMES = ("required", "optional")
_FORMS: dict[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("properties", *NAMED), ((dict,), "an object of schemas")),
    **dict.fromkeys(MANY, ((list,), "a list of schemas")),
    **dict.fromkeys(_LISTS_OF_NAMES, ((list, bool), "a list of names")),
    "additionalProperties": ((dict, bool, str), "a schema"),
    "$schema": ((str,), "the name of a dialect"),
}
"""What a mapped keyword may hold in some dialect; of those that are kept the gate tells."""
_MAY_BE_NULL = ("default", "const", "example")
_FLAGS = {"true": True, "false": False}


def well_formed(raw: dict[str, Any], notes: Notes, *, parameter: bool) -> dict[str, Any]:
    """`raw` without what is null, which is how many writers say that a keyword is absent.

    Raises:
        SignatureError: where a keyword holds what no dialect lets it hold.
    """
    kept: dict[str, Any] = {}
    for keyword, value in raw.items():
        known = keyword in KEPT or keyword in MAPPED
        if value is None and known and keyword not in _MAY_BE_NULL:
            notes.add(f"keyword {keyword!r} that is null: dropped")
            continue
        if keyword in _FORMS:
            value = _flag(keyword, value, notes)
            _must_be_formed(keyword, value)
        if keyword in _LISTS_OF_NAMES and isinstance(value, bool) and not parameter:
            notes.add(f"{keyword!r} of what is no parameter: dropped")
            continue
        kept[keyword] = value
    return kept


def _flag(keyword: str, value: Any, notes: Notes) -> Any:
    """A boolean that is written as a text, where the keyword may hold a boolean."""
    flag = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None
    if flag is None or bool not in _FORMS[keyword][0]:
        return value
    notes.add(f"{keyword!r} as a text is a boolean")
    return flag


def _must_be_formed(keyword: str, value: Any) -> None:
    forms, meant = _FORMS[keyword]
    names = value if keyword in _LISTS_OF_NAMES and isinstance(value, list) else ()
    if not isinstance(value, forms) or not all(isinstance(name, str) for name in names):
        raise SignatureError("keyword", f"{keyword!r} is {value!r:.60}, not {meant}")
    if isinstance(value, str) and keyword == "additionalProperties":
        schema_of_type(value)


def is_set(member: dict[str, Any], keyword: str, wanted: bool) -> bool:
    """Whether a parameter says so of itself, as a boolean or as the text of one."""
    value = member.get(keyword)
    return (_FLAGS.get(value.strip().lower()) if isinstance(value, str) else value) is wanted
