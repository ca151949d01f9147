"""Step 9: the prediction log and the drift report, with Evidently's own pages in a browser."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from support.lambdas import call
from support.scripts import assert_clear_error, run, run_program, succeed
from support.servers import SENTENCE, find_free_ports, find_program, running, serving
from support.servers import request as send
from support.steps import NEWEST, STEPS, copy_step

CLEAN_WEEK = "2026-03-02"  # that of the fixture `log`
DRIFTED_WEEKS = {"typos": "2026-03-09", "domain": "2026-03-16", "language": "2026-03-23"}
HUNDRED_SENTENCES = json.dumps({"sentences": [SENTENCE] * 100}).encode()


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def make_report(folder: Path, week: str, *options: str) -> CompletedProcess[str]:
    return run(folder, "-m", "monitoring.drift_report", f"--week={week}", *options)


def simulate(folder: Path, scenario: str, week: str) -> None:
    succeed(folder, "-m", "monitoring.simulate_traffic", scenario, f"--week={week}")


def find_moved_columns(report: CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"^(\w+) .* moved$", report.stdout, re.M))


@dataclass
class ServedLog:
    """What a server answered to its first request, and all that it logged until it was stopped."""

    with_text: bool
    predictions: list[dict]
    lines: list[dict]


@pytest.fixture(scope="module", params=[False, True], ids=["hashes", "text"])
def served_log(request, monitored, tmp_path_factory) -> ServedLog:
    """The log of a request with two sentences, an invalid one, and five with 100 sentences."""
    path = tmp_path_factory.mktemp("served") / "log.jsonl"
    environment = os.environ | {"COLA_LOG_TEXT": str(int(request.param))}
    with (
        path.open("w") as file,
        serving(monitored, "--no-access-log", env=environment, stdout=file) as (process, url),
    ):
        body = json.dumps({"sentences": [SENTENCE, "They zzz!"]}).encode()
        _, answer = send(f"{url}/predict", body)
        assert send(f"{url}/predict", b"{}")[0] == 422
        for _ in range(5):
            assert send(f"{url}/predict", HUNDRED_SENTENCES)[0] == 200
        process.terminate()
        process.wait(timeout=10)
    return ServedLog(request.param, json.loads(answer)["predictions"], read_lines(path))


def test_a_line_says_what_the_answer_did(served_log):
    for line, prediction in zip(served_log.lines[:2], served_log.predictions, strict=True):
        sentence = prediction["sentence"]
        rest = {name: value for name, value in prediction.items() if name != "sentence"}
        assert rest.items() <= line["cola"].items()
        assert line["cola"].get("sentence") == (sentence if served_log.with_text else None)
        assert ("sentence_sha256" in line["cola"]) == (not served_log.with_text)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z", line["@timestamp"])
        assert line["ecs.version"] and line["service"]["name"] == "cola"
        assert re.fullmatch("[0-9a-f]{12}", line["cola"]["model"])
    first, second = served_log.lines[:2]
    assert (first["cola"]["words"], second["cola"]["unknown_words"]) == (7, 1)


def test_the_lines_of_a_request_share_its_id_and_only_the_first_has_its_duration(served_log):
    first, second = served_log.lines[:2]
    event = dict(first["event"])
    assert 0 < event.pop("duration") < 60e9
    assert event == second["event"]
    assert first["http"]["request"]["id"] == second["http"]["request"]["id"]


def test_all_that_was_answered_is_logged_when_the_server_is_stopped(served_log):
    assert len(served_log.lines) == 2 + 500, "nothing is lost, and the invalid request has no line"


def test_lambda_lines_carry_lambdas_id_and_come_before_the_answer(monitored):
    events = ("aws/events/direct.json", "aws/events/malformed.json")
    printed = succeed(monitored, "-m", "aws.local.invoke", *events)
    [line] = [json.loads(x) for x in printed.splitlines() if x.startswith('{"@timestamp"')]
    requests = re.findall("START RequestId: (\\S+)", printed)
    assert line["http"]["request"]["id"] == requests[0]
    assert printed.index('{"@timestamp"') < printed.index("END RequestId")
    [answer] = call(monitored, [{"sentence": SENTENCE}])
    assert answer["headers"]["x-request-id"] == "the-id"


def test_a_log_that_nobody_reads_keeps_no_answer_waiting(monitored):
    """A pipe holds 64 KB; these answers' lines are 6 times that."""
    with serving(monitored, "--no-access-log", stdout=subprocess.PIPE) as (process, url):
        for _ in range(8):
            assert send(f"{url}/predict", HUNDRED_SENTENCES, timeout=5)[0] == 200
        process.terminate()
        assert process.wait(timeout=10) is not None, "it ends all the same"


def test_a_log_that_fails_or_is_stuck_drops_lines_and_counts_them(monitored):
    result = run_program(monitored, "log_to_broken_streams", timeout=60)
    assert result.returncode == 0, result.stderr
    dropped = dict(line.split() for line in result.stdout.splitlines())
    assert 890 <= int(dropped["Stuck"]) <= 900
    assert 990 <= int(dropped["Broken"]) <= 1000
    assert "the disk is full" in result.stderr
    assert int(dropped["Bytes"]) < 20e6, "whatever the number of requests"


@pytest.mark.parametrize("words", ["", "a\nbench\nbo"])
def test_an_empty_or_cut_vocabulary_is_refused(monitored, tmp_path, words):
    """With it, every other word would count as unknown."""
    (tmp_path / "cut.txt").write_text(words)
    environment = os.environ | {"COLA_VOCABULARY": str(tmp_path / "cut.txt")}
    result = run(monitored, "-m", "uvicorn", "app:app", env=environment)
    assert_clear_error(result, "cut.txt", "cut off", "python -m monitoring.make_reference")


def test_without_a_vocabulary_the_server_says_which_command_makes_it(monitored):
    environment = os.environ | {"COLA_VOCABULARY": "models/none.txt"}
    result = run(monitored, "-m", "uvicorn", "app:app", env=environment)
    assert_clear_error(result, "models/none.txt", "python -m monitoring.make_reference")


@pytest.fixture(scope="module")
def reports(monitored, log) -> dict[str, CompletedProcess[str]]:
    """The README's drill: a report on each week as it comes, and on the first again at the end.

    The training is left out: this model has not learned anything.
    """
    made = {"clean": make_report(monitored, CLEAN_WEEK)}
    for scenario, week in DRIFTED_WEEKS.items():
        simulate(monitored, scenario, week)
        made[scenario] = make_report(monitored, week)
    made["clean again"] = make_report(monitored, CLEAN_WEEK)
    return made


@pytest.mark.parametrize("name", ["clean", "clean again"])
def test_a_clean_week_has_no_drift_whatever_follows_it(reports, name):
    report = reports[name]
    assert report.returncode == 0, report.stdout + report.stderr
    assert f"No drift in the week from {CLEAN_WEEK} on." in report.stdout


@pytest.mark.parametrize("scenario", DRIFTED_WEEKS)
def test_other_traffic_drifts_in_its_unknown_words(reports, scenario):
    report = reports[scenario]
    assert report.returncode == 3, report.stdout + report.stderr
    assert "unknown" in find_moved_columns(report)
    assert f"Drift in the week from {DRIFTED_WEEKS[scenario]} on: unknown" in report.stdout


def test_the_result_is_there_for_other_programs(monitored, reports, tmp_path):
    report = make_report(monitored, DRIFTED_WEEKS["typos"], f"--workspace={tmp_path}")
    result = json.loads((monitored / "production/drift.json").read_text())
    assert result["week"] == DRIFTED_WEEKS["typos"]
    assert set(result["moved"]) == find_moved_columns(report)
    for name, column in result["columns"].items():
        numbers = [f"{column[key]:.2f}" for key in ("reference", "week", "distance")]
        moved = ["moved"] if column["moved"] else []
        assert [name, *numbers, str(column["limit"]), *moved] in map(
            str.split, report.stdout.splitlines()
        )


@pytest.fixture(scope="module")
def labelled(tmp_path_factory, converted_models) -> Path:
    """The newest step with the labelled sentences of another domain among its data."""
    folder = copy_step(NEWEST, tmp_path_factory.mktemp("labelled"), converted_models)
    assert "4,400 sentences" in succeed(folder, "-m", "monitoring.add_labelled_data")
    return folder


def test_a_domain_in_the_training_data_is_no_drift(labelled):
    record = run_program(labelled, "save_record_of_data", "production/data")
    assert record.returncode == 0, record.stderr
    assert "325 predictions" in succeed(labelled, "-m", "monitoring.make_reference")
    simulate(labelled, "domain", "2026-03-30")
    report = make_report(labelled, "2026-03-30")
    assert report.returncode == 0, report.stdout + report.stderr


def test_no_sentence_of_the_traffic_was_trained_on(labelled):
    sources = ["bundled", "production/data"]
    result = run_program(labelled, "find_trained_sentences", *sources)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [f"{source} checked" for source in sources]


def test_the_lesson_pushes_what_the_workflows_pull():
    step = STEPS[NEWEST]
    workflows = "".join(path.read_text() for path in step.glob(".github/workflows/*.yaml"))
    pulled = set(re.findall(r"dvc pull (\w+)", workflows))
    lesson = "".join(path.read_text() for path in step.rglob("*.md"))
    [pushed] = re.findall(r"^dvc push ([\w ]+)$", lesson, re.M)
    assert pulled and pulled <= set(pushed.split())


def test_clean_weeks_rarely_raise_an_alarm(monitored, log):
    """Twenty weeks of random traffic, each compared by the thresholds of monitoring/drift.yaml."""
    result = run_program(monitored, "compare_resampled_weeks", "20")
    assert result.returncode == 0, result.stderr
    assert "alarms 0\n" in result.stdout


def test_predictions_of_another_model_are_not_compared(monitored, log, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text(re.sub(r'"model":"\w+"', '"model":"another"', log.read_text()))
    report = make_report(monitored, CLEAN_WEEK, f"--log={other}")
    assert report.returncode == 4
    assert "has 0 predictions by model" in report.stderr


def test_an_empty_reference_is_named(monitored, log, tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    report = make_report(monitored, CLEAN_WEEK, f"--reference={empty}", f"--log={log}")
    assert_clear_error(report, "empty.jsonl", "python -m monitoring.make_reference")


def test_a_week_with_too_few_predictions_has_a_status_of_its_own(monitored, log):
    report = make_report(monitored, "2020-01-01")
    assert report.returncode == 4
    assert report.stderr.startswith("warning: ") and "has 0 predictions" in report.stderr


@pytest.mark.parametrize(
    ("status", "fails", "says"), [(0, 0, ""), (3, 0, ""), (4, 0, "::warning::"), (1, 1, "")]
)
def test_too_few_predictions_are_a_warning_of_the_weekly_check(tmp_path, status, fails, says):
    """The step Compare of drift.yaml, with a report that ends with a status."""
    workflow = yaml.safe_load((STEPS[NEWEST] / ".github/workflows/drift.yaml").read_text())
    [script] = [step["run"] for step in workflow["jobs"]["check"]["steps"] if "id" in step]
    (tmp_path / "script").write_text(f"python() {{ return {status}; }}\n{script}")
    output = tmp_path / "output"
    result = subprocess.run(
        ["bash", "-e", str(tmp_path / "script")],
        env=os.environ | {"GITHUB_OUTPUT": str(output)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == fails and result.stdout.startswith(says)
    assert output.read_text() == f"status={status}\n"


@pytest.mark.parametrize("week", ["2026-03-02T00:00:00+14:00", "March"])
def test_a_week_begins_with_a_day(monitored, log, week):
    for module in ("simulate_traffic clean", "drift_report"):
        result = run(monitored, "-m", *f"monitoring.{module}".split(), f"--week={week}")
        assert result.returncode == 2
        assert "--week YYYY-MM-DD" in result.stderr and week in result.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [(r'(T[\d:.]+)Z"', r'\1"'), (r'"acceptable":[\d.]+', '"acceptable":null')],
    ids=["no time zone", "no score"],
)
def test_an_odd_prediction_is_named_by_its_line(monitored, log, tmp_path, old, new):
    odd = tmp_path / "odd.jsonl"
    odd.write_text(re.sub(old, new, log.read_text().splitlines()[0]) + "\n")
    report = make_report(monitored, CLEAN_WEEK, f"--log={odd}")
    assert_clear_error(report, "odd.jsonl, line 1 is not a complete prediction")


@pytest.mark.parametrize(
    "arguments",
    [
        "monitoring.make_reference",
        "monitoring.add_labelled_data",
        f"monitoring.drift_report --week={CLEAN_WEEK}",
    ],
)
def test_a_kill_leaves_the_earlier_result(monitored, log, arguments):
    def read_results() -> dict[Path, bytes]:
        folders = (monitored / "production", monitored / "models/monitoring")
        paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return {path: path.read_bytes() for path in paths if ".new" not in str(path)}

    succeed(monitored, "-m", *arguments.split())
    before = read_results()
    result = run_program(monitored, "die_while_replacing", *arguments.split())
    assert result.returncode == 9, result.stderr
    assert read_results() == before
    succeed(monitored, "-m", *arguments.split())


@pytest.mark.parametrize("option", ["--log", "--reference"])
def test_a_file_that_cannot_be_read_is_named(monitored, log, tmp_path, option):
    report = make_report(monitored, CLEAN_WEEK, f"{option}={tmp_path / 'none'}")
    assert_clear_error(report, "Can't read", "none")


def test_an_incomplete_prediction_is_named_by_its_line(monitored, log, tmp_path):
    cut_off = tmp_path / "cut_off.jsonl"
    line = log.read_text().splitlines()[0]
    cut_off.write_text(f"START RequestId: 1\n{line}\n{line[:-40]}\n")
    report = make_report(monitored, CLEAN_WEEK, f"--log={cut_off}")
    assert_clear_error(report, "cut_off.jsonl, line 3")


def test_traffic_that_cannot_be_written_is_an_error(monitored):
    options = ("--week=2026-01-05", "--log=/dev/full")
    result = run(monitored, "-m", "monitoring.simulate_traffic", "clean", *options)
    assert_clear_error(result, "Can't write /dev/full", "No space left")


def test_a_hundred_thousand_lines_take_little_memory(monitored, log, tmp_path):
    lines = [line for line in log.read_text().splitlines(True) if '"2026-03-0' in line]
    logs = {count: tmp_path / f"{count}.jsonl" for count in (1_000, 100_000)}
    for count, path in logs.items():
        path.write_text("".join(lines[number % len(lines)] for number in range(count)))
    assert logs[100_000].stat().st_size > 40e6
    options = [f"--week={CLEAN_WEEK}", f"--workspace={tmp_path / 'reports'}"]
    paths = [str(path) for path in logs.values()]
    result = run_program(monitored, "measure_reports", *options, *paths, new_interpreter=True)
    assert result.returncode == 0, result.stderr
    small, large = map(int, re.findall(r"peak (\d+) MB", result.stdout))
    assert large - small < 30


def test_evidently_shows_the_reports_over_time(browser, monitored, reports):
    """SCREENSHOT, a path in the environment, keeps the page's picture."""
    [port] = find_free_ports(1)
    url = f"http://127.0.0.1:{port}"
    workspace = monitored / "production/workspace"
    command = [find_program("evidently"), "ui", f"--workspace={workspace}", f"--port={port}"]
    with running(command, url, env=os.environ | {"DO_NOT_TRACK": "1"}):
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.set_default_timeout(120_000)  # a busy machine is slow with the first page
        page.goto(url)
        page.get_by_text("cola", exact=True).first.click()
        page.get_by_text("Distance from the reference").first.wait_for(timeout=30_000)
        page.wait_for_selector(".js-plotly-plot .legendtext, canvas, svg", timeout=30_000)
        page.get_by_text("unknown").first.wait_for(timeout=30_000)
        if "SCREENSHOT" in os.environ:
            page.wait_for_timeout(3000)  # until the plot has moved to its place
            page.screenshot(path=os.environ["SCREENSHOT"])
        assert "unknown" in page.inner_text("body")
        page.close()
