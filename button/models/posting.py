"""One address of an endpoint, asked over and over: only the body of the request changes.

The SDK makes its request anew each time, and so reads the address, the headers and the timeouts
again, which takes longer than to send it. Here it makes the first one, and the others are like it.
What goes wrong is told in the SDK's own exceptions.
"""

import ssl
from typing import Any

import httpx2
from openai import APIConnectionError, APITimeoutError, AsyncOpenAI
from openai._models import FinalRequestOptions

from button.models.encoding import compact_json


class Postbox:
    """Sends bodies to one path of an endpoint."""

    def __init__(self, client: AsyncOpenAI, path: str) -> None:
        self._client = client
        options = FinalRequestOptions.construct(method="post", url=path, json_data={})
        first = client._build_request(options)
        self._url = first.url
        self._headers = [
            (name, value) for name, value in first.headers.raw if name.lower() != b"content-length"
        ]
        self._extensions = first.extensions

    async def post(self, body: dict[str, Any]) -> bytes:
        """The reply to a JSON body.

        Raises:
            openai.APITimeoutError: there was none in time.
            openai.APIConnectionError: there was no connection, or it was lost.
            openai.APIStatusError: the reply is a refusal.
            ReplyError: the reply is compressed or too large.
            ValueError: the body is no JSON text.
        """
        content = compact_json(body)
        headers = [*self._headers, (b"Content-Length", str(len(content)).encode())]
        request = httpx2.Request(
            "POST", self._url, headers=headers, stream=httpx2.ByteStream(content),
            extensions=self._extensions,
        )  # fmt: skip
        request.read()
        try:
            response = await self._client._client.send(request)
        except httpx2.TimeoutException as error:
            raise APITimeoutError(request=request) from error
        except (httpx2.RequestError, ssl.SSLError) as error:
            raise APIConnectionError(request=request) from error
        if not response.is_success:
            raise self._client._make_status_error_from_response(response)
        return response.content
