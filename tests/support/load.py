"""Send requests from many clients at a time, and tell how each was answered."""

import http.client
import json
import math
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SHORT = json.dumps({"sentences": ["The boy is sitting on a bench"]}).encode()


@dataclass
class Answers:
    """The statuses of responses, and how many seconds each of those with status 200 took."""

    statuses: list[int | str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def p99(self) -> float:
        """Return the seconds within which 99 of 100 requests were answered with status 200."""
        return sorted(self.seconds)[math.ceil(0.99 * len(self.seconds)) - 1]


def start_clients(
    url: str, count: int, seconds: float, body: bytes | None, pause: float = 0
) -> tuple[list[threading.Thread], Answers]:
    """Start clients that send a request again and again; return their threads and the answers.

    A request is a POST with a body of JSON, or a GET. After each response with status 503, a
    client waits for as long as the response says; after each other one, for the pause in seconds.
    """
    parts = urlsplit(url)
    answers = Answers()
    end = time.monotonic() + seconds

    def send_requests() -> None:
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        headers = {"Content-Type": "application/json"}
        while (start := time.monotonic()) < end:
            wait = pause
            try:
                connection.request("GET" if body is None else "POST", parts.path, body, headers)
                response = connection.getresponse()
                response.read()
            except OSError as error:
                answers.statuses.append(repr(error))
                connection.close()
                continue
            answers.statuses.append(response.status)
            if response.status == 200:
                answers.seconds.append(time.monotonic() - start)
            elif response.status == 503:
                wait = float(response.headers["Retry-After"])
            time.sleep(wait)

    threads = [threading.Thread(target=send_requests) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers
