"""Step 5: the HTTP service, driven as clients and browsers do."""

import http.client
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from conftest import (
    NEWEST,
    STEPS,
    assert_clear_error,
    copy_tracked,
    find_free_ports,
    request,
    run,
    wait_for,
)

SENTENCE = "The boy is sitting on a bench"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, converted_models):
    folder = tmp_path_factory.mktemp("server") / STEPS[NEWEST].name
    copy_tracked(STEPS[NEWEST], folder)
    shutil.copytree(converted_models, folder / "models")
    return folder


def start(folder, **environment):
    [port] = find_free_ports(1)
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", f"--port={port}"],
        cwd=folder,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    wait_for(f"{url}/health", process)
    return process, url


@pytest.fixture(scope="module")
def server(folder):
    process, url = start(folder)
    yield url
    process.terminate()
    _, log = process.communicate(timeout=30)
    assert "Traceback" not in log, log
    assert "Finished server process" in log


def post(url, body):
    status, text = request(f"{url}/predict", json.dumps(body).encode())
    return status, json.loads(text)


def test_one_sentence_gets_what_the_command_line_says(server, folder):
    status, text = request(f"{server}/predict?text={quote(SENTENCE)}")
    assert status == 200
    assert json.loads(text) == json.loads(run(folder, "inference_onnx.py", SENTENCE).stdout)
    assert list(json.loads(text)) == ["sentence", "label", "score", "scores"]


@pytest.mark.parametrize(
    "sentence",
    ["🙂 👩‍👩‍👧‍👦", "שלום مرحبا", "a\x00b", "e\u0301 \u200b \u2028", "<b>&amp;</b>", "!" * 500],
)
def test_sentences_come_back_as_they_were(server, sentence):
    status, answer = post(server, {"sentences": [SENTENCE, sentence]})
    assert status == 200
    assert [p["sentence"] for p in answer["predictions"]] == [SENTENCE, sentence]
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


@pytest.mark.parametrize("parts", [1, 100])
def test_a_megabyte_of_text_is_refused_by_its_size(server, parts):
    """Announced by Content-Length, and in chunks of no announced size."""
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
        ("/predict?text=%ff%fe", 200),  # no UTF-8: the characters are replaced
        ("/nothing", 404),
    ],
)
def test_bad_queries_are_refused_with_a_reason(server, path, status):
    answered, text = request(server + path)
    assert answered == status
    assert "detail" in json.loads(text) or status == 200


def test_the_limits_are_settings(folder):
    process, url = start(folder, COLA_MAX_SENTENCES="2", COLA_MAX_BODY_BYTES="100")
    try:
        assert post(url, {"sentences": ["a"] * 2})[0] == 200
        assert post(url, {"sentences": ["a"] * 3})[0] == 422
        assert request(f"{url}/predict", b" " * 101)[0] == 413
    finally:
        process.terminate()
        process.communicate(timeout=30)


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
    assert {"200", "413", "422"} <= set(description["paths"]["/predict"]["post"]["responses"])
    assert "openapi.json" in request(f"{server}/docs")[1]


SLOW = json.dumps({"sentences": ["! " * 500] * 100}).encode()  # takes seconds


def test_the_event_loop_stays_free(server):
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(request, f"{server}/predict", SLOW, 120)
        time.sleep(0.5)
        start = time.monotonic()
        assert request(f"{server}/health") == (200, '{"status":"ok"}')
        assert time.monotonic() - start < 1
        assert not slow.done(), "the slow request was too fast to show anything"
        assert slow.result()[0] == 200


def test_a_stop_finishes_what_it_began(folder):
    process, url = start(folder)
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(request, f"{url}/predict", SLOW, 120)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert not slow.done(), "the slow request was too fast to show anything"
        status, text = slow.result()
    assert (status, len(json.loads(text)["predictions"])) == (200, 100)
    assert "Finished server process" in process.communicate(timeout=30)[1]


def test_fuzzed_from_its_own_description(server, tmp_path):
    """No 5xx, and every answer as described.

    Starlette's Allow header at 405 is not ours, and that spaces are no sentence is in no schema.
    """
    command = [
        *("schemathesis", "run", f"{server}/openapi.json", "--max-examples=60", "--no-color"),
        *("--seed=1", "--exclude-checks"),
        "unsupported_method,allow_header_conformance,positive_data_acceptance",
    ]
    result = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 passed" in result.stdout


@pytest.mark.skipif(not BROWSER, reason="needs Chromium or Chrome")
def test_the_page_in_a_browser(server, tmp_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        requested, errors = [], []
        page.on("request", lambda asked: requested.append(asked.url))
        page.on("console", lambda message: errors.append(message.text))
        page.goto(server)
        verdict = page.locator("output")
        page.get_by_role("button").click()
        page.wait_for_function("document.querySelector('output').textContent")
        assert "acceptable" in verdict.inner_text() and "% sure" in verdict.inner_text()
        assert all(url.startswith((server, "data:")) for url in requested), requested
        assert not errors
        page.get_by_label("Sentence").fill("a " * 600)
        page.get_by_label("Sentence").press("Enter")
        page.wait_for_function("document.querySelector('output').className == 'error'")
        assert "at most 1000 characters" in verdict.inner_text()
        page.screenshot(path=os.environ.get("SCREENSHOT", tmp_path / "page.png"))
        browser.close()
