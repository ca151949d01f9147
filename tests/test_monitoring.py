"""Step 9: the prediction log and the drift report, with Evidently's own pages in a browser."""

import json
import os
import re
import subprocess
import sys

import pytest

from conftest import CONFIGURE, assert_clear_error, find_free_ports, request, run, succeed, wait_for
from test_lambda import call
from test_server import BROWSER, SENTENCE


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_says_what_the_answer_did(monitored):
    [port] = find_free_ports(1)
    output = monitored / "server.jsonl"
    for with_text in ("0", "1"):
        with output.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "app:app", f"--port={port}", "--no-access-log"],
                cwd=monitored,
                env=os.environ | {"COLA_LOG_TEXT": with_text},
                stdout=file,
                stderr=subprocess.DEVNULL,
            )
            wait_for(f"http://127.0.0.1:{port}/health", process)
            body = json.dumps({"sentences": [SENTENCE, "They zzz!"]}).encode()
            answer = json.loads(request(f"http://127.0.0.1:{port}/predict", body)[1])
            request(f"http://127.0.0.1:{port}/predict", b"{}")
            process.terminate()
            process.wait()
        first, second = read_lines(output)
        for line, prediction in zip((first, second), answer["predictions"], strict=True):
            sentence = prediction.pop("sentence")
            assert prediction.items() <= line["cola"].items()
            assert line["cola"].get("sentence") == (sentence if with_text == "1" else None)
            assert ("sentence_sha256" in line["cola"]) == (with_text == "0")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z", line["@timestamp"])
            assert line["ecs.version"] and line["service"]["name"] == "cola"
        assert 0 < first["event"].pop("duration") < 60e9
        assert first["event"] == second["event"], "a request's duration stands there once"
        assert first["http"]["request"]["id"] == second["http"]["request"]["id"]
        assert (first["cola"]["words"], second["cola"]["unknown_words"]) == (7, 1)
        assert re.fullmatch("[0-9a-f]{12}", first["cola"]["model"])


def test_lambda_lines_carry_lambdas_id_and_come_before_the_answer(monitored):
    printed = succeed(monitored, "local_invoke.py", "events/direct.json", "events/malformed.json")
    [line] = [json.loads(x) for x in printed.splitlines() if x.startswith('{"@timestamp"')]
    requests = re.findall("START RequestId: (\\S+)", printed)
    assert line["http"]["request"]["id"] == requests[0]
    assert printed.index('{"@timestamp"') < printed.index("END RequestId")
    [answer] = call(monitored, [{"sentence": SENTENCE}])
    assert answer["headers"]["x-request-id"] == "the-id"


def test_a_log_that_nobody_reads_keeps_no_answer_waiting(monitored):
    """A pipe holds 64 KB; these answers' lines are 20 times that."""
    [port] = find_free_ports(1)
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", f"--port={port}", "--no-access-log"],
        cwd=monitored,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        body = json.dumps({"sentences": [SENTENCE] * 100}).encode()
        for _ in range(25):
            assert request(f"http://127.0.0.1:{port}/predict", body, timeout=5)[0] == 200
        process.terminate()
        assert process.wait(timeout=10) is not None, "it ends all the same"
    finally:
        process.kill()
        process.communicate()


def test_what_was_answered_is_logged_when_the_server_is_stopped(monitored, tmp_path):
    [port] = find_free_ports(1)
    with (tmp_path / "log").open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app:app", f"--port={port}", "--no-access-log"],
            cwd=monitored,
            stdout=file,
            stderr=subprocess.DEVNULL,
        )
        wait_for(f"http://127.0.0.1:{port}/health", process)
        body = json.dumps({"sentences": [SENTENCE] * 100}).encode()
        for _ in range(5):
            assert request(f"http://127.0.0.1:{port}/predict", body)[0] == 200
        process.terminate()
        process.wait(timeout=10)
    assert len(read_lines(tmp_path / "log")) == 500


def test_predictions_of_another_model_are_not_compared(monitored, log, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text(re.sub(r'"model":"\w+"', '"model":"another"', log.read_text()))
    result = run(monitored, "drift_report.py", "--week=2026-03-02", f"--log={other}")
    assert_clear_error(result, "has 0 predictions by model")


def test_an_empty_reference_is_named(monitored, log, tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    result = run(monitored, "drift_report.py", f"--reference={empty}", f"--log={log}")
    assert_clear_error(result, "empty.jsonl", "python make_reference.py")


BROKEN_LOG = """
import io, sys, time
from pathlib import Path
import prediction_log
from prediction_log import PredictionLog

class Broken(io.StringIO):
    def write(self, text):
        time.sleep(0.005)  # so the queue is full before the first line fails
        raise OSError("the disk is full")

class Stuck(io.StringIO):
    def write(self, text):
        time.sleep(60)

prediction = {"label": "acceptable", "score": 1.0, "scores": {"acceptable": 1.0}}
prediction_log.WAITING = 100
model, vocabulary = Path("models/onnx/model.int8.onnx"), Path("models/monitoring/vocabulary.txt")
for stream in (Broken(), Stuck()):
    log = PredictionLog(stream, model, vocabulary)
    start = time.perf_counter()
    for _ in range(1000):
        log.write(["Is it there?"], [prediction], 0.001)
    assert time.perf_counter() - start < 1
    log.flush(3)
    print(type(stream).__name__, log.dropped)
"""


def test_a_log_that_fails_or_is_stuck_drops_lines_and_counts_them(monitored):
    result = run(monitored, "-c", BROKEN_LOG, timeout=60)
    assert result.returncode == 0, result.stderr
    dropped = dict(line.split() for line in result.stdout.splitlines())
    assert 890 <= int(dropped["Stuck"]) <= 900
    assert 990 <= int(dropped["Broken"]) <= 1000
    assert "the disk is full" in result.stderr


def test_without_a_vocabulary_the_server_says_which_command_makes_it(monitored):
    environment = os.environ | {"COLA_VOCABULARY": "models/none.txt"}
    result = run(monitored, "-m", "uvicorn", "app:app", env=environment)
    assert_clear_error(result, "models/none.txt", "python make_reference.py")


def report(monitored, week, **options):
    return run(monitored, "drift_report.py", f"--week={week}", **options)


def find_moved(result):
    return set(re.findall(r"^(\w+) .* moved$", result.stdout, re.M))


def test_the_drill(monitored, log):
    """As in the README, but for the training: this model has not learned anything."""
    clean = report(monitored, "2026-03-02")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "No drift in the week from 2026-03-02 on." in clean.stdout
    for kind, week in {"typos": "09", "domain": "16", "language": "23"}.items():
        succeed(monitored, "simulate_traffic.py", kind, f"--week=2026-03-{week}")
        drifted = report(monitored, f"2026-03-{week}")
        assert drifted.returncode == 3, drifted.stdout + drifted.stderr
        assert "unknown" in find_moved(drifted)
        assert f"Drift in the week from 2026-03-{week} on: unknown" in drifted.stdout
    assert report(monitored, "2026-03-02").returncode == 0, "the first week is as it was"

    assert "4,400 sentences" in succeed(monitored, "add_labelled_data.py")
    succeed(monitored, "-c", CONFIGURE, "data.source=monitoring/data")
    assert "325 predictions" in succeed(monitored, "make_reference.py")
    succeed(monitored, "simulate_traffic.py", "domain", "--week=2026-03-30")
    again = report(monitored, "2026-03-30")
    assert again.returncode == 0, again.stdout + again.stderr


def test_no_sentence_of_the_traffic_was_trained_on(monitored):
    script = """
import random
from data import read_splits
from simulate_traffic import choose_sentences
for source in ("bundled", "monitoring/data"):
    train = {example.sentence for example in read_splits(source)["train"]}
    for kind in ("clean", "domain"):
        assert not train & set(choose_sentences(kind, 2000, random.Random(0))), (source, kind)
"""
    succeed(monitored, "add_labelled_data.py")
    succeed(monitored, "-c", script)


def test_clean_weeks_rarely_raise_an_alarm(monitored, log):
    """Twenty weeks of random traffic, each compared by the thresholds of configs/drift.yaml."""
    script = """
import random, sys
from datetime import UTC, datetime
from pathlib import Path
from omegaconf import OmegaConf
from drift_report import ALWAYS, TestStatus, compare, read_log, sample
settings = OmegaConf.load("configs/drift.yaml")
rows = list(read_log(Path("monitoring/predictions.jsonl"), datetime(2026, 3, 2, tzinfo=UTC),
                     datetime(2026, 3, 9, tzinfo=UTC)))
reference = sample(read_log(Path("models/monitoring/reference.jsonl"), *ALWAYS), 10_000)
alarms = 0
for seed in range(20):
    week = sample(iter(random.Random(seed).choices(rows, k=300)), 10_000)
    snapshot = compare(week, reference, settings.columns, datetime.now(UTC))
    alarms += any(test.status == TestStatus.FAIL for test in snapshot.tests_results)
print("alarms", alarms)
"""
    succeed(monitored, "-c", CONFIGURE)
    succeed(monitored, "make_reference.py")
    assert "alarms 0\n" in succeed(monitored, "-c", script)


def test_what_cannot_be_compared_is_refused(monitored, log, tmp_path):
    assert_clear_error(report(monitored, "2020-01-01"), "has 0 predictions", "300")
    no_log = run(monitored, "drift_report.py", f"--log={tmp_path / 'none'}")
    assert_clear_error(no_log, "Can't read", "none")
    no_reference = ("--week=2026-03-02", f"--reference={tmp_path / 'none'}")
    assert_clear_error(run(monitored, "drift_report.py", *no_reference), "Can't read")
    half = tmp_path / "half.jsonl"
    line = log.read_text().splitlines()[0]
    half.write_text(f"START RequestId: 1\n{line}\n{line[:-40]}\n")
    assert_clear_error(run(monitored, "drift_report.py", f"--log={half}"), "half.jsonl, line 3")


def test_a_hundred_thousand_lines_take_little_memory(monitored, log, tmp_path):
    script = """
import resource, sys
import drift_report
sys.argv = ["drift_report.py", "--week=2026-03-02", *sys.argv[1:]]
drift_report.main()
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")
"""
    lines = [x for x in log.read_text().splitlines() if '"2026-03-0' in x]
    peaks = []
    for name, count in {"small": 1_000, "large": 100_000}.items():
        path = tmp_path / f"{name}.jsonl"
        with path.open("w") as file:
            for number in range(count):
                file.write(lines[number % len(lines)] + "\n")
        printed = succeed(monitored, "-c", script, f"--log={path}", f"--workspace={tmp_path / 'w'}")
        peaks.append(int(re.findall(r"peak (\d+) MB", printed)[0]))
    assert path.stat().st_size > 40e6
    assert peaks[1] - peaks[0] < 30, peaks


@pytest.mark.skipif(not BROWSER, reason="needs Chromium or Chrome")
def test_evidently_shows_the_reports_over_time(monitored, log):
    from playwright.sync_api import sync_playwright

    succeed(monitored, "-c", CONFIGURE)
    succeed(monitored, "make_reference.py")
    workspace = monitored / "shown"
    succeed(monitored, "simulate_traffic.py", "typos", "--week=2026-04-06")
    for week in ("2026-03-02", "2026-04-06"):
        run(monitored, "drift_report.py", f"--week={week}", f"--workspace={workspace}")
    [port] = find_free_ports(1)
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        ["evidently", "ui", f"--workspace={workspace}", f"--port={port}"],
        env=os.environ | {"DO_NOT_TRACK": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(url, process)
        with sync_playwright() as playwright:
            rules = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
            browser = playwright.chromium.launch(
                executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu", rules]
            )
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.set_default_timeout(120_000)  # a busy machine is slow with the first page
            page.goto(url)
            page.get_by_text("cola", exact=True).first.click()
            page.get_by_text("Distance from the reference").first.wait_for(timeout=30_000)
            page.wait_for_selector(".js-plotly-plot .legendtext, canvas, svg", timeout=30_000)
            page.wait_for_timeout(3000)
            page.screenshot(path=os.environ.get("SCREENSHOT", str(monitored / "evidently.png")))
            text = page.inner_text("body")
            assert "unknown" in text
            browser.close()
    finally:
        process.terminate()
        process.wait()
