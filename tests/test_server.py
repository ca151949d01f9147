"""Step 5: the HTTP service, driven as clients and browsers do."""

import http.client
import json
import math
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from support.scripts import assert_clear_error, run, succeed
from support.servers import SENTENCE, SLOW, find_program, request, serving
from support.steps import NEWEST, STEPS

# The limits in the command that the image runs
[COMMAND] = re.findall(r"^CMD (\[.*?\])", (STEPS[NEWEST] / "Dockerfile").read_text(), re.M | re.S)
LIMITS = json.loads(COMMAND.replace("\\\n", ""))[7:]
assert LIMITS[0] == "--limit-concurrency"


@pytest.fixture(scope="module")
def server(folder, tmp_path_factory):
    """The address of the running service, whose log must be free of tracebacks at the end."""
    path = tmp_path_factory.mktemp("server") / "log"
    with path.open("w") as file, serving(folder, *LIMITS, stderr=file) as (_, url):
        yield url
    log = path.read_text()
    assert "Traceback" not in log, log
    assert "Finished server process" in log


def ask(url, method, path, body=None, **headers):
    """Send a request with no header but these; return the response, which has been read."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.read()
    return response


def post(url, body):
    """Send a body as JSON to /predict; return the status and the decoded response."""
    status, text = request(f"{url}/predict", json.dumps(body).encode(), timeout=120)
    return status, json.loads(text)


def test_one_sentence_gets_what_the_command_line_says(server, folder):
    status, text = request(f"{server}/predict?text={quote(SENTENCE)}")
    assert status == 200
    assert json.loads(text) == json.loads(succeed(folder, "inference_onnx.py", SENTENCE))
    assert list(json.loads(text)) == ["sentence", "label", "score", "scores"]


@pytest.mark.parametrize(
    "sentence",
    ["🙂 👩‍👩‍👧‍👦", "שלום مرحبا", "a\x00b", "e\u0301 \u200b \u2028", "<b>&amp;</b>", "!" * 500],
)
def test_sentences_come_back_as_they_were(server, sentence):
    status, answer = post(server, {"sentences": [SENTENCE, sentence]})
    assert status == 200
    sentences = [prediction["sentence"] for prediction in answer["predictions"]]
    assert sentences == [SENTENCE, sentence]
    status, text = request(f"{server}/predict?text={quote(sentence)}")
    assert (status, json.loads(text)["sentence"]) == (200, sentence)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 422, "body: Field required"),
        (b"{", 422, "JSON"),
        (b'{"sentences": ["\xff"]}', 422, "not JSON in UTF-8"),
        (b"[" * 100_000, 422, "nested too deeply"),
        (b"NaN", 422, "body"),
        (b"9" * 5_000, 422, "not JSON"),
        (b"[]", 422, "body"),
        (b"{}", 422, "body.sentences: Field required"),
        (b'{"sentences": null}', 422, "body.sentences"),
        (b'{"sentences": "Fine."}', 422, "body.sentences"),
        (b'{"sentences": [NaN]}', 422, "body.sentences.0"),
        (b'{"sentences": [1, true]}', 422, "body.sentences.0"),
        (b'{"sentences": []}', 422, "at least 1"),
        (b'{"sentences": [""]}', 422, "at least 1"),
        (b'{"sentences": ["Fine.", " \\u2003"]}', 422, "Sentence 2 is empty"),
        (b'{"sentences": ["\\ud800"]}', 422, "body.sentences.0"),
        (b'{"sentences": ["' + b"a b " * 250 + b'a"]}', 422, "at most 1000 characters"),
        (b'{"sentences": ["' + b"! " * 500 + b'"]}', 200, ""),
        (b'{"sentences": ["' + b"!" * 600 + b'"]}', 422, "602 tokens"),
        (b'{"sentences": [' + b'"a",' * 9_999 + b'"a"]}', 422, "at most 100 items"),
    ],
)
def test_bad_bodies_are_refused_with_a_reason(server, body, status, reason):
    answered, text = request(f"{server}/predict", body)
    assert answered == status, text
    if status != 200:
        assert list(json.loads(text)) == ["detail"]
        assert reason in json.loads(text)["detail"]
        assert len(text) < 500


def test_a_body_of_another_type_is_refused_with_the_header_that_it_needs(server):
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # what `curl -d` sends
    message = urllib.request.Request(f"{server}/predict", b'{"sentences": ["Fine."]}', form)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(message)
    assert refused.value.code == 422
    assert "Content-Type: application/json" in refused.value.read().decode()


def test_a_client_that_closes_its_connection_can_read_why_its_body_is_too_large(server):
    """urllib sends `Connection: close`, and its whole body before it reads anything."""
    assert request(f"{server}/predict", b"a" * 20_000_000) == (413, "Content Too Large")


def test_another_method_is_refused_with_those_that_work(server):
    for path, methods in {
        "/predict": "GET, POST",
        "/health": "GET, HEAD",
        "/": "GET, HEAD",
    }.items():
        response = ask(server, "DELETE", path)
        assert (response.status, response.headers["Allow"]) == (405, methods)


@pytest.mark.parametrize("path", ["/", "/health"])
def test_head_gets_the_headers_of_get(server, path):
    head, get = ask(server, "HEAD", path), ask(server, "GET", path)
    assert head.status == get.status == 200
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize("parts", [1, 100])
def test_a_megabyte_of_text_is_refused_by_its_size(server, parts):
    """The size is in the header Content-Length, or unknown because the body comes in chunks."""
    body = b'{"sentences": ["' + b"a" * 1_000_000 + b'"]}'
    size = math.ceil(len(body) / parts)
    chunks = (body[start : start + size] for start in range(0, len(body), size))
    connection = http.client.HTTPConnection(server.removeprefix("http://"))
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/predict", body if parts == 1 else chunks, headers)
    response = connection.getresponse()
    assert response.status == 413
    assert "Content Too Large" in response.read().decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/predict", 422),
        ("/predict?text=", 422),
        ("/predict?text=%20", 422),
        ("/predict?text=" + "a" * 1_001, 422),
        ("/predict?text=%ff%fe", 422),  # no UTF-8
        ("/predict?text=%EF%BF%BD+isn't+what+%ff+is", 422),
        ("/predict?text=a%EF%BF%BD", 200),
        ("/nothing", 404),
    ],
)
def test_bad_queries_are_refused_with_a_reason(server, path, status):
    answered, text = request(server + path)
    assert answered == status
    assert "detail" in json.loads(text) or status == 200


def test_the_limits_are_settings(folder):
    limits = {"COLA_MAX_SENTENCES": "2", "COLA_MAX_BODY_BYTES": "100"}
    with serving(folder, env=os.environ | limits) as (_, url):
        assert post(url, {"sentences": ["a"] * 2})[0] == 200
        assert post(url, {"sentences": ["a"] * 3})[0] == 422
        assert request(f"{url}/predict", b" " * 101)[0] == 413


def test_without_a_model_it_says_how_to_make_one(folder):
    environment = os.environ | {"COLA_MODEL": "models/none.onnx"}
    result = run(folder, "-m", "uvicorn", "app:app", env=environment)
    assert_clear_error(result, "models/none.onnx", "python convert_model_to_onnx.py")


def test_a_setting_of_the_wrong_kind_is_named(folder):
    environment = os.environ | {"COLA_MAX_SENTENCES": "many"}
    result = run(folder, "-m", "uvicorn", "app:app", env=environment)
    assert_clear_error(result, "COLA_MAX_SENTENCES", "valid integer")


def test_the_description_has_examples(server):
    description = json.loads(request(f"{server}/openapi.json")[1])
    [text] = description["paths"]["/predict"]["get"]["parameters"]
    assert text["schema"]["examples"] == [SENTENCE]
    assert text["schema"]["pattern"] == r"\S", "a blank sentence is refused"
    assert {"200", "413", "422", "503"} <= set(
        description["paths"]["/predict"]["post"]["responses"]
    )
    assert "openapi.json" in request(f"{server}/docs")[1]


def make_slow_sentences(url):
    """Return 20 to 100 long sentences, for which this machine needs about five seconds.

    Their number is estimated from the time that two of them take.
    """
    sentence = "! " * 500
    start = time.monotonic()
    assert post(url, {"sentences": [sentence] * 2})[0] == 200
    count = 2 * math.ceil(5 / (time.monotonic() - start))
    return [sentence] * max(20, min(count, 100))


def test_a_long_request_blocks_no_short_one_and_is_finished_on_a_stop(folder, tmp_path):
    with (
        (tmp_path / "log").open("w") as log,
        serving(folder, stderr=log) as (process, url),
        ThreadPoolExecutor() as threads,
    ):
        sentences = make_slow_sentences(url)
        slow = threads.submit(post, url, {"sentences": sentences})
        time.sleep(0.5)
        start = time.monotonic()
        assert request(f"{url}/health") == (200, '{"status":"ok"}')
        assert post(url, {"sentences": [SENTENCE]})[0] == 200
        busy = ask(url, "POST", "/predict", SLOW, **{"Content-Type": "application/json"})
        assert (busy.status, busy.headers["Retry-After"]) == (503, "1")
        assert time.monotonic() - start < 1
        assert not slow.done(), "the slow request was too fast to show anything"
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert not slow.done(), "the slow request was too fast to show anything"
        status, answer = slow.result()
        assert (status, len(answer["predictions"])) == (200, len(sentences))
        process.wait(timeout=30)
    assert "Finished server process" in (tmp_path / "log").read_text()


def test_what_is_not_finished_in_time_on_a_stop_is_answered_503(folder, tmp_path):
    with (
        (tmp_path / "log").open("w") as log,
        serving(folder, "--timeout-graceful-shutdown=1", stderr=log) as (process, url),
        ThreadPoolExecutor() as threads,
    ):
        slow = threads.submit(post, url, {"sentences": make_slow_sentences(url)})
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert slow.result() == (503, {"detail": "The server is stopping."})
        process.wait(timeout=30)
    assert "Traceback" not in (tmp_path / "log").read_text()


PREDICT = b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
SLOW_CLIENTS = {
    "one that sends nothing": b"",
    "one that never ends its headers": b"GET /health HTTP/1.1\r\nHost",
    "one that never ends its body": PREDICT + b'Content-Length: 100\r\n\r\n{"',
    "one that asks nothing more": HEALTH * 2,
}


def test_slow_and_idle_connections_are_closed(server):
    """In five seconds, which all of them wait for at the same time."""
    address = ("127.0.0.1", int(server.rsplit(":", 1)[1]))
    start = time.monotonic()
    clients = {name: socket.create_connection(address, timeout=10) for name in SLOW_CLIENTS}
    for name, client in clients.items():
        client.sendall(SLOW_CLIENTS[name])
    for name, client in clients.items():
        with client:
            received = b"".join(iter(lambda client=client: client.recv(10_000), b""))
        assert received.count(b"200 OK") == SLOW_CLIENTS[name].count(HEALTH), name
    assert 4 < time.monotonic() - start < 9


def test_fuzzed_from_its_own_description(server, tmp_path):
    """No response has a status of 500 or more, and each has the form that the description gives.

    One check is left out: a JSON schema can't say how many tokens a sentence has.
    """
    command = [
        *(
            find_program("schemathesis"),
            "run",
            f"{server}/openapi.json",
            "--max-examples=60",
            "--no-color",
        ),
        *("--seed=1", "--exclude-checks"),
        "positive_data_acceptance",
    ]
    result = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 passed" in result.stdout


def test_the_page_may_run_its_own_script_only(server):
    headers = ask(server, "GET", "/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_the_page_shows_a_prediction_and_asks_no_other_server(server, browser):
    with browser.new_page() as page:
        urls, messages = [], []
        page.on("request", lambda sent: urls.append(sent.url))
        page.on("console", lambda message: messages.append(message.text))
        page.goto(server)
        page.get_by_role("button").click()
        page.wait_for_function("document.querySelector('output').textContent")
        shown = page.locator("output").inner_text()
        assert "acceptable" in shown and "% sure" in shown
        assert urls
        assert all(url.startswith((server, "data:")) for url in urls), urls
        assert not messages


def test_the_page_shows_why_a_sentence_is_refused(server, browser, tmp_path):
    with browser.new_page() as page:
        page.goto(server)
        page.get_by_label("Sentence").fill("a " * 600)
        page.get_by_label("Sentence").press("Enter")
        page.wait_for_function("document.querySelector('output').className == 'error'")
        assert "at most 1000 characters" in page.locator("output").inner_text()
        page.screenshot(path=os.environ.get("SCREENSHOT", tmp_path / "page.png"))
