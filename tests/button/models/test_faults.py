"""What failures mean, and how long endpoints ask to be left alone."""

import json
from email.utils import formatdate
from typing import Any

import httpx2
import pytest

from button.models.faults import LONGEST_RAW, MAX_TEXT, Fault, fault_of, retry_after
from button.models.redaction import redacted, remember_secret
from button.models.refusals import way_out
from button.models.reply import (
    KEPT_BYTES,
    MAX_SHOWN,
    ReplyError,
    read_call,
    read_reply,
    read_usage,
)
from button.models.transport import _refuse

NOW = 1_800_000_000.0


class Response:
    def __init__(self, headers: dict[str, str], content: bytes = b"") -> None:
        self.headers = headers
        self.content = content


class StatusError(Exception):
    """As the OpenAI SDK raises it."""

    def __init__(self, status: int, body: Any = None, **headers: str) -> None:
        super().__init__(f"Error code: {status}")
        self.status_code = status
        self.body = body
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.response = Response(named, b"raw " * 2000)


def judged(error: Exception) -> Fault:
    return fault_of(error, limit_s=9, now=NOW)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, "item", "bad_request"),
        (401, "run", "unauthorized"),
        (402, "run", "payment_required"),
        (403, "run", "forbidden"),
        (404, "run", "not_found"),
        (405, "run", "not_found"),
        (407, "run", "proxy_refuses"),
        (408, "transient", "request_timeout"),
        (409, "transient", "conflict"),
        (410, "run", "not_found"),
        (413, "item", "too_large"),
        (418, "item", "bad_request"),
        (422, "item", "bad_request"),
        (425, "transient", "too_early"),
        (429, "transient", "rate_limited"),
        (500, "transient", "server_error"),
        (502, "transient", "bad_gateway"),
        (503, "transient", "overloaded"),
        (504, "transient", "gateway_timeout"),
        (520, "transient", "server_error"),
        (529, "transient", "overloaded"),
        (302, "run", "redirected"),
        (307, "run", "redirected"),
    ],
)
def test_every_status_has_a_meaning(status: int, kind: str, code: str) -> None:
    fault = judged(StatusError(status))
    assert (fault.kind, fault.code, fault.status) == (kind, code, status)
    assert len(fault.raw) <= KEPT_BYTES


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (429, {"code": "insufficient_quota"}, "run", "quota"),
        (400, {"code": "context_length_exceeded"}, "item", "context_length"),
        (400, {"message": "maximum context length is 4096 tokens"}, "item", "context_length"),
        (500, {"message": "the request exceeds the available context size"}, "item",
         "context_length"),
        (400, {"error": {"message": "blocked by content management policy"}}, "item",
         "content_filter"),
        (403, {"message": "Your input was flagged"}, "item", "content_filter"),
        (400, {"message": "API key not valid"}, "run", "unauthorized"),
        (400, {"message": "model 'x' does not exist"}, "run", "not_found"),
        (400, {"code": "unsupported_parameter", "message": "no 'seed'"}, "run",
         "unsupported_parameter"),
        (422, {"message": "body.seed: Extra inputs are not permitted"}, "run",
         "unsupported_parameter"),
        # The caller may ask in another way: no reason to stop a run, nor to try the same again.
        (400, {"code": "unsupported_parameter", "message": "no 'response_format'"}, "item",
         "bad_request"),
        (404, {"message": "No endpoints found that support tool use"}, "item", "bad_request"),
        (500, {"message": "failed to parse grammar"}, "item", "bad_request"),
        (503, {"message": "function overloaded"}, "transient", "overloaded"),
        # No other way replaces these, whatever they name.
        (400, {"code": "unsupported_parameter",
               "message": "Unsupported parameter: 'parallel_tool_calls' is not supported"}, "run",
         "unsupported_parameter"),
        (422, {"message": "parallel_tool_calls: Extra inputs are not permitted"}, "run",
         "unsupported_parameter"),
        (404, {"code": "model_not_found", "message": "no access to tool-llama"}, "run",
         "not_found"),
        (404, {"message": "The model `structured-7b` does not exist.", "code": 404}, "run",
         "not_found"),
        (400, {"code": "context_length_exceeded", "message": "9 tokens (3 in the functions)"},
         "item", "context_length"),
        (400, {"message": "maximum context length is 9 tokens (3 in the functions)"}, "item",
         "context_length"),
    ],
)  # fmt: skip
def test_a_body_says_more_than_its_status(status: int, body: Any, kind: str, code: str) -> None:
    fault = judged(StatusError(status, body))
    assert (fault.kind, fault.code) == (kind, code)


class APITimeoutError(Exception):
    """By its name."""


class APIConnectionError(Exception):
    """By its name."""


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (TimeoutError(), "transient", "timeout"),
        (APITimeoutError("Request timed out."), "transient", "timeout"),
        (caused(APITimeoutError(), OSError("Connect call failed")), "transient", "connection"),
        (APIConnectionError("Connection error."), "transient", "connection"),
        (ConnectionResetError("reset by peer"), "transient", "connection"),
        (ReplyError("not_json", "no JSON"), "transient", "not_json"),
        (ReplyError("error_in_reply", "slow down", status=429), "transient", "rate_limited"),
        (ReplyError("error_in_reply", "no key", status=401), "run", "unauthorized"),
        (ReplyError("error_in_reply", "odd", status=7), "transient", "error_in_reply"),
        (KeyError("bug"), "item", "model_error"),
    ],
)
def test_failures_without_a_status_have_a_meaning(error: Exception, kind: str, code: str) -> None:
    fault = judged(error)
    assert (fault.kind, fault.code) == (kind, code)
    assert "\n" not in fault.text


class ConnectTimeout(Exception):  # noqa: N818 - by its name
    """As httpx names it; over aiohttp also what is no timeout."""


class ClientError(Exception):
    """As aiohttp names it."""


class ConnectionTimeoutError(ClientError, TimeoutError):
    """As aiohttp names it."""


@pytest.mark.parametrize(
    ("cause", "sent"),
    [
        (TimeoutError(), False),
        (ConnectionTimeoutError("Connection timeout to host http://m"), False),
        (ClientError("Server disconnected"), True),
    ],
)
def test_no_connection_in_time_is_no_late_answer(cause: Exception, sent: bool) -> None:
    fault = judged(caused(APITimeoutError(), caused(ConnectTimeout("none in 15 s"), cause)))
    assert (fault.kind, fault.code, fault.sent) == ("transient", "connection", sent)
    assert fault.text == f"no connection: {cause_text(cause)}"


def cause_text(cause: Exception) -> str:
    return f"{type(cause).__name__}: {cause}" if str(cause) else "ConnectTimeout: none in 15 s"


def test_an_object_in_an_error_is_not_shown_as_one() -> None:
    class ServerDisconnectedError(Exception):
        """By its name."""

    half = ServerDisconnectedError({"version": (1, 1)})
    assert judged(caused(APIConnectionError("gone"), half)).text == (
        "no connection: ServerDisconnectedError"
    )


def test_an_answer_that_is_late_may_have_been_asked_for() -> None:
    assert judged(caused(APITimeoutError(), TimeoutError())).sent


def test_only_pushback_asks_for_fewer_calls() -> None:
    asked_less = {status for status in range(400, 600) if judged(StatusError(status)).pushback}
    assert asked_less == {408, 429, 503, 504, 529}
    assert judged(TimeoutError()).pushback


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("1", 1), ("90", 90), ("3600", 3600), ("0.5", 0.5), ("-30", 0), ("soon", None), ("", None),
        ("nan", None), ("inf", None), ("1e9", None), ("9" * 40, None),
        (formatdate(NOW + 75, usegmt=True), 75), (formatdate(NOW - 75, usegmt=True), 0),
        ("Wed, 99 Foo 2026 25:61:61 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_in_all_its_forms(told: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": told}, NOW) == seconds
    assert judged(StatusError(429, retry_after=told)).retry_after_s == seconds
    assert judged(StatusError(401, retry_after=told)).retry_after_s is None


def test_milliseconds_are_told_too() -> None:
    assert retry_after({"retry-after-ms": "250", "retry-after": "9"}, NOW) == 0.25


@pytest.mark.parametrize(
    "usage",
    [
        None, "many", {}, {"prompt_tokens": -1, "completion_tokens": 1},
        {"prompt_tokens": 1, "completion_tokens": 10**30},
        {"prompt_tokens": True, "completion_tokens": 1},
        {"prompt_tokens": 1.5, "completion_tokens": 1},
    ],
)  # fmt: skip
def test_nonsense_is_no_usage(usage: Any) -> None:
    assert read_usage(usage) is None


def test_usage_with_details() -> None:
    told = {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 99},
        "completion_tokens_details": {"reasoning_tokens": 3},
    }
    assert read_usage(told) == {
        "input_tokens": 10,
        "output_tokens": 5,
        "total_tokens": 15,
        "input_token_details": {"cache_read": 10},
        "output_token_details": {"reasoning": 3},
    }


def test_of_a_reply_that_is_none_the_beginning_is_kept() -> None:
    with pytest.raises(ReplyError) as told:
        read_reply(b"<html>" + b"x" * 10_000)
    assert told.value.raw.startswith("<html>")
    assert len(told.value.raw) == KEPT_BYTES


def test_known_keys_and_what_looks_like_one_are_blotted_out() -> None:
    remember_secret("canary-5521-with-more")
    remember_secret("abc")
    text = "key canary-5521-with-more, Bearer xyzxyzxyz, sk-proj-abcdefghijklmnopqrstu, abc"
    assert redacted(text) == "key [secret], [secret], [secret], abc"


KEY = "canary-9917-of-many-characters"


def cut_anywhere(length: int) -> list[str]:
    """Texts in which the key stands across the cut at `length`, at each of its characters."""
    return ["x " * ((length - part) // 2) + " " * (part % 2) + KEY for part in range(1, len(KEY))]


def half_a_key_in(shown: str) -> bool:
    """Two characters are enough to tell: no other word of these texts has them."""
    return KEY[:2] in shown


@pytest.mark.parametrize("text", cut_anywhere(KEPT_BYTES))
def test_no_part_of_a_key_survives_the_cut_of_a_reply(text: str) -> None:
    remember_secret(KEY)
    assert not half_a_key_in(ReplyError("not_json", "no JSON", raw=text.encode()).raw)
    error = StatusError(500)
    error.response.content = text.encode()
    assert not half_a_key_in(judged(error).raw)


@pytest.mark.parametrize("text", cut_anywhere(LONGEST_RAW))
def test_no_part_of_a_key_survives_the_cut_of_a_text(text: str) -> None:
    remember_secret(KEY)
    spaced = text.replace("x ", "  ")
    assert not half_a_key_in(judged(ReplyError("error_in_reply", spaced)).text)


@pytest.mark.parametrize("text", cut_anywhere(80) + cut_anywhere(MAX_SHOWN))
def test_no_part_of_a_key_survives_where_an_answer_is_quoted(text: str) -> None:
    remember_secret(KEY)
    call = read_call({"function": {"name": "f", "arguments": text}}, 0)
    assert not half_a_key_in(str(call["args"]))
    with pytest.raises(ReplyError) as told:
        read_reply(text.encode())
    assert not half_a_key_in(str(told.value))


@pytest.mark.parametrize("text", cut_anywhere(MAX_TEXT))
def test_no_part_of_a_key_survives_where_a_redirect_is_told(text: str) -> None:
    remember_secret(KEY)
    assert not half_a_key_in(judged(StatusError(302, location=text)).text)


@pytest.mark.parametrize("text", cut_anywhere(40))
def test_no_part_of_a_key_survives_where_a_coding_is_told(text: str) -> None:
    remember_secret(KEY)
    with pytest.raises(ReplyError) as told:
        _refuse(httpx2.Response(200, headers={"content-encoding": text}, content=b""), 1_000)
    assert not half_a_key_in(str(told.value))


@pytest.mark.parametrize(("status", "refused"), [(502, False), (429, True)])
def test_a_failure_told_in_a_reply_is_no_refusal(status: int, refused: bool) -> None:
    raw = json.dumps({"error": {"code": status, "message": "upstream"}}).encode()
    with pytest.raises(ReplyError) as told:
        read_reply(raw)
    assert judged(told.value).refused is refused
    assert judged(StatusError(status)).refused


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("parallel_tool_calls: Extra inputs are not permitted", "send_parallel_calls: false"),
        ("Unsupported parameter: 'seed'", "send_seed: false"),
        ("Unsupported parameter: 'max_tokens' is not supported with this model. Use "
         "'max_completion_tokens' instead.", "bound_field: max_completion_tokens"),
        ("max_completion_tokens: Extra inputs are not permitted", "bound_field: max_tokens"),
        ("Unsupported value: 'temperature' does not support 0.5", "temperature: null"),
    ],
)  # fmt: skip
def test_a_refused_field_names_the_setting_that_leaves_it_out(words: str, way: str) -> None:
    assert way_out(words) == f"set {way} for this model"
    assert way_out("Unsupported parameter: 'top_k'") == ""
