"""tools/readme.py: it runs the commands of a README, and finds where the output differs."""

import os
import py_compile
import re
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import made
import readme
import readme_anatomy
import readme_schedule
import readme_uv
from readme_shell import Shell
from support.steps import ROOT, STEPS

HEADINGS = [
    "What you will have at the end",
    "Questions this step answers",
    "What changes in this step",
    "Run it",
    "How it works",
    "Against the real cloud",
    "Exercises",
    "Troubleshooting",
    "References",
]


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("Trained in 10 s", "Trained in 60 s"),
        ("148 sentences/s", "30 sentences/s"),
        ("page 11.4 ms", "page 108.8 ms"),
        ("15kB COPY", "15.2kB COPY"),
        ("MCC 0.712", "MCC 0.68"),
        ("run 2026-11-23/10-11-12", "run 2027-01-01/00-00-01"),
        ("offline-run-20261123_182735-ab12cd34", "offline-run-20270101_000000-zz99zz99"),
        ("a   b", "a b"),
    ],
)
def test_what_varies_between_machines_is_the_same(expected, printed):
    assert readme.is_same_output(expected, printed)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("Trained in 10 s", "Trained in 100 s"),
        ("page 11.4 ms", "page 1108.8 ms"),
        ("MCC 0.712", "MCC 0.512"),
        ("4,000 sentences", "4,001 sentences"),
        ("acceptable", "unacceptable"),
        ("one", "one two"),
        ("0.71 0.52", "0.71"),
    ],
)
def test_what_must_not_vary_differs(expected, printed):
    assert not readme.is_same_output(expected, printed)


def run_readme(path, update=False, heading=None):
    """Run a README in this process; return its problems."""
    run = readme.ReadmeRun(path, update, heading)
    run.run()
    return run.problems


@pytest.fixture
def write_readme(tmp_path, monkeypatch):
    """A function that writes a README into a new repository, with one file beside it."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    monkeypatch.setattr(readme, "ROOT", tmp_path)

    def write(text, folder="step_0_a"):
        folder = tmp_path / folder
        folder.mkdir()
        (folder / "a.py").write_text("x = 1\nprint(x)\n")
        path = folder / "README.md"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder of the cache of made.py, for this test alone."""
    monkeypatch.setattr(made, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(made, "VERSIONS", tmp_path / "requirements.txt")
    (tmp_path / "requirements.txt").write_text("package==1\n")
    return tmp_path / "cache"


def test_commands_run_in_one_shell_in_a_copy_of_the_folder(write_readme):
    path = write_readme(
        "```bash\nexport A=7\npython a.py > new\n```\n\n```bash\necho $A; cat new\n```\n\n"
        "```text\n7\n1\n```\n\n```python\nimport a\n```\n\n```text\n1\n```\n"
    )
    assert run_readme(path) == []
    assert not (path.parent / "new").exists()


def test_another_page_runs_after_the_set_up_of_the_steps_readme(write_readme):
    path = write_readme(
        "<!-- setup: a variable -->\n```bash\nexport A=7\n```\n\n```bash\nexport A=8\n```\n"
    )
    page = path.parent / "more/page.md"
    page.parent.mkdir()
    page.write_text("```bash\necho $A $(ls)\n```\n\n```text\n7 README.md a.py more\n```\n")
    assert run_readme(page) == []


def test_a_page_without_commands_for_this_machine_needs_no_set_up(write_readme, capsys):
    path = write_readme("<!-- setup: the servers -->\n```bash\necho started\n```\n")
    page = path.parent / "page.md"
    page.write_text("<!-- needs: an account -->\n```bash\nexit 1\n```\n")
    assert run_readme(page) == []
    assert "README.md" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("```bash\necho a\n```\n\n```text\nb\n```\n", "this was printed"),
        ("```bash\nfalse\n```\n", "ended with status 1"),
        ("```bash\nfalse | cat\necho fine\n```\n", "ended with status 1"),
        ("<!-- exit: 1 -->\n```bash\ntrue\n```\n", "ended with status 0"),
        ("```python\n1 / 0\n```\n", "ended with status 1"),
        ("```python\n# a.py\nx = 2\n```\n", "not in a.py"),
        ("```python\n# b.py\nx = 1\n```\n", "not in b.py"),
        ("<!-- output: varies -->\n```bash\nfalse\n```\n", "ended with status 1"),
    ],
)
def test_a_problem_is_reported(write_readme, text, problem):
    [found] = run_readme(write_readme(text))
    assert problem in found
    assert found.startswith("step_0_a/README.md, line ")


@pytest.mark.parametrize(
    "text",
    [
        "<!-- exit: 1 -->\n```bash\nfalse\n```\n",
        "<!-- needs: an account -->\n```bash\nfalse\n```\n",
        "<!-- output: varies -->\n```bash\necho $RANDOM\n```\n\n```text\n1\n```\n",
        "```python\n# a.py\nprint(x)\n```\n",
        "```bash\nprintf ' 50%%| | 1/2 [it/s]\\rdone: 2\\n'\n```\n\n```text\ndone: 2\n```\n",
    ],
)
def test_what_is_declared_is_no_problem(write_readme, text):
    assert run_readme(write_readme(text)) == []


def test_a_reader_has_a_home_of_its_own_and_no_keys(write_readme, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a maintainer's")
    path = write_readme(
        "```bash\necho ~ $AWS_SECRET_ACCESS_KEY; ls -A ~\n```\n\n```text\n/home/reader\n```\n"
    )
    assert run_readme(path) == []


def test_a_skip_is_named(write_readme, capsys):
    path = write_readme("<!-- needs: an account -->\n```bash\nfalse\n```\n")
    run_readme(path)
    assert "SKIPPED step_0_a/README.md, line 2: needs an account" in capsys.readouterr().out


def test_update_writes_what_was_printed(write_readme):
    path = write_readme("```bash\necho new\n```\n\n```text\nold\n```\n\nMore text.\n")
    assert run_readme(path, update=True) == []
    assert path.read_text() == "```bash\necho new\n```\n\n```text\nnew\n```\n\nMore text.\n"


def test_a_block_that_ends_the_shell_is_a_problem_and_the_next_readme_runs(write_readme):
    [problem] = run_readme(write_readme("```bash\nexit 3\n```\n\n```bash\necho never\n```\n"))
    assert problem == "step_0_a/README.md: the shell ended in this block:\nexit 3"


@pytest.fixture
def write_making_readme(write_readme, cache):
    """A function that writes a README whose first block makes `models` of a.py.

    Each time that the block runs, it adds a line to the file `log`.
    """

    def write(folder="step_0_a"):
        path = write_readme("", folder)
        making = f"mkdir models; cat a.py > models/b; echo ran >> {path.parent.parent / 'log'}"
        path.write_text(
            f"## Make\n\n<!-- makes: models -->\n```bash\n{making}\n```\n\n"
            "## Use\n\n```bash\ntest -s models/b\n```\n"
        )
        (path.parent / "dvc.yaml").write_text("stages: {train: {cmd: '', deps: [a.py]}}\n")
        return path

    return write


def test_a_folder_is_made_once_for_the_same_inputs(write_making_readme, tmp_path):
    path = write_making_readme()
    for edited, runs in [("b.py", 1), ("a.py", 1), ("a.py", 2)]:
        assert run_readme(path) == []
        assert (tmp_path / "log").read_text().count("ran") == runs
        with (path.parent / edited).open("a") as file:
            file.write("# edited\n")


def test_of_two_readmes_that_make_the_same_the_second_waits(write_making_readme, tmp_path):
    paths = [write_making_readme("step_0_a"), write_making_readme("step_4_b")]
    with ThreadPoolExecutor() as threads:
        assert list(threads.map(run_readme, paths)) == [[], []]
    assert (tmp_path / "log").read_text() == "ran\n"


def test_a_later_section_has_what_earlier_blocks_make(write_making_readme, tmp_path):
    assert run_readme(write_making_readme(), heading="Use") == []
    assert (tmp_path / "log").read_text() == "ran\n"


@pytest.mark.parametrize(
    ("check", "answer", "problem"),
    [
        ("test -e b && echo solved", "touch b", None),
        ("echo solved", "true", "it is solved before the answer"),
        ("test -e b && echo solved", "touch c", "the answer doesn't solve it"),
        ("test -e b && echo solved", "touch b; false; true", "its answer ends with status 1"),
    ],
)
def test_an_exercise_tells_the_untouched_code_from_the_answer(
    write_readme, tmp_path, monkeypatch, check, answer, problem
):
    monkeypatch.setattr(readme, "ANSWERS", tmp_path)
    path = write_readme(f"<!-- exercise: 1 -->\n```bash\n{check}\n```\n")
    (path.parent / "1.sh").write_text(answer)
    found = [f"step_0_a/README.md, line 2: exercise 1: {problem}"] if problem else []
    assert [text.removesuffix(":\n") for text in run_readme(path)] == found


SECTIONS = """# A step

## Install

<!-- setup: the environment -->
```bash
# Not a heading
export A=7
```

```text
nothing
```

```bash
false
```

## Run it

```bash
echo $A
```

```text
6
```

### Deeper

```bash
test $A = 7
```

## After

```bash
false
```
"""


@pytest.mark.parametrize(
    ("heading", "problems", "commands"),
    [("Run it", 2, 3), ("## Run it", 2, 3), ("Deeper", 1, 2), ("After", 2, 2), (None, 4, 5)],
)
def test_a_section_is_run_after_its_set_up(write_readme, heading, problems, commands):
    run = readme.ReadmeRun(write_readme(SECTIONS), heading=heading)
    run.run()
    assert (len(run.problems), run.commands) == (problems, commands)


def test_an_update_of_a_section_leaves_the_others(write_readme):
    path = write_readme(SECTIONS)
    assert run_readme(path, update=True, heading="Run it") == []
    assert path.read_text() == SECTIONS.replace("6", "7")


def test_an_unknown_heading_is_an_error_that_names_the_headings(write_readme, monkeypatch):
    command = ["readme.py", "check", str(write_readme(SECTIONS)), "--from", "Not a heading"]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit) as error:
        readme.main()
    assert error.value.code == (
        'error: step_0_a/README.md: there is no heading "Not a heading". The headings are:\n'
        "  A step\n  Install\n  Run it\n  Deeper\n  After"
    )


def test_a_block_that_takes_long_is_named_while_it_runs(write_readme, monkeypatch, capsys):
    monkeypatch.setattr(readme, "NOTICE_AFTER", 0.1)
    run_readme(write_readme("```bash\nsleep 0.5\n```\n\n```bash\ntrue\n```\n"))
    lines = [line for line in capsys.readouterr().out.splitlines() if "still running" in line]
    assert lines == ["... still running after 0.1 s: step_0_a/README.md, line 1: sleep 0.5"]


def test_it_says_what_it_will_run_and_what_took_long(write_readme, monkeypatch, capsys):
    text = "```bash\nsleep 0.1\n```\n\n```bash\ntrue\n```\n\n"
    path = write_readme(f"{text}<!-- needs: an account -->\n```bash\nfalse\n```\n")
    monkeypatch.setattr("sys.argv", ["readme.py", "check", str(path)])
    monkeypatch.setattr(readme_schedule, "USUAL_MINUTES", {0: 4})
    assert readme.main() == 0
    printed = capsys.readouterr().out
    first, *_, last = printed.splitlines()
    minutes = "This usually takes 4 minutes on 2 cores."
    assert first == f"READMEs: 1, commands: 2, exercises: 0. {minutes}"
    assert last == "1 READMEs run, 0 problems."
    assert re.search(r"^ +0 +2 +0  step_0_a/README.md$", printed, re.M)
    slowest = printed.partition("the slowest blocks\n")[2].splitlines()
    assert slowest[0].endswith("  step_0_a/README.md, line 1: sleep 0.1")


@pytest.mark.parametrize(
    ("line", "translated"),
    [
        (
            "python3 -m venv .venv",
            '/a/uv venv --quiet --seed --allow-existing --python "$(command -v python3)" .venv',
        ),
        (
            "    pip install -r a.txt",
            '    /a/uv pip install --quiet -r a.txt\n    link "$VIRTUAL_ENV"',
        ),
        (
            "~/moto/bin/pip install --no-deps moto",
            "/a/uv pip install --quiet --python ~/moto/bin/python --no-deps moto\nlink ~/moto",
        ),
        ("source .venv/bin/activate", "source .venv/bin/activate"),
        ("python3 -m venv --help", "python3 -m venv --help"),
        ("cd a && pip install b", "cd a && pip install b"),
        ("pip install \\", "pip install \\"),
    ],
)
def test_uv_stands_in_for_venv_and_pip(monkeypatch, line, translated):
    monkeypatch.setattr(readme_uv, "LINK_BYTECODE", "link")
    assert readme_uv.use_uv(f"first\n{line}\nlast", "/a/uv") == f"first\n{translated}\nlast"


def test_uv_gets_what_pip_would(tmp_path, monkeypatch):
    """The shell expands the folders, the exit status is uv's, and uv knows the package index."""
    monkeypatch.setattr(readme_uv, "LINK_BYTECODE", "echo link")
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels /more")
    monkeypatch.delenv("UV_FIND_LINKS", raising=False)
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\necho "$@" from $UV_FIND_LINKS\ntest "$1" != pip\n')
    uv.chmod(0o755)
    shell = Shell(tmp_path, tmp_path, str(uv))
    assert shell.run("python3() { :; }\npython3 -m venv ~/b") == (
        "venv --quiet --seed --allow-existing --python python3 /home/reader/b from /wheels,/more",
        0,
    )
    assert shell.run("VIRTUAL_ENV=c\npip install d") == (
        "pip install --quiet d from /wheels,/more\nlink c",
        1,
    )
    shell.close()


@pytest.mark.parametrize(("name", "by_pip"), [("step_0_project_setup", True), ("step_1", False)])
def test_one_readme_installs_by_pip(write_readme, monkeypatch, name, by_pip):
    monkeypatch.setattr(readme, "find_uv", lambda: "/a/uv")
    path = write_readme("## A\n", name)
    assert readme.ReadmeRun(path).uv == (None if by_pip else "/a/uv")
    assert readme.ReadmeRun(path, heading="A").uv == "/a/uv"


def test_bytecode_is_linked_for_the_files_that_two_environments_share(tmp_path):
    source, target = (tmp_path / name / "lib/python3.11/site-packages" for name in "ab")
    for folder in (source, target):
        folder.mkdir(parents=True)
    for name in ("shared", "other", "missing"):
        (source / f"{name}.py").write_text("x = 1\n")
        py_compile.compile(str(source / f"{name}.py"))
    os.link(source / "shared.py", target / "shared.py")
    (target / "other.py").write_text("x = 1\n")
    for _ in range(2):  # files that are linked already stay as they are
        readme_uv.link_bytecode(tmp_path / "a", tmp_path / "b")
    [linked] = target.rglob("*.pyc")
    assert linked.name.startswith("shared.")
    assert linked.samefile(source / linked.relative_to(target))


def test_bytecode_is_linked_only_into_an_environment(tmp_path):
    (tmp_path / "a/lib/__pycache__").mkdir(parents=True)
    (tmp_path / "a/lib/__pycache__/odd.pyc").write_text("")
    readme_uv.link_bytecode(tmp_path / "a", tmp_path / "b")
    assert not (tmp_path / "b").exists()


@pytest.fixture
def step(tmp_path, cache):
    """The folder of a step whose stage `run` depends on a.py."""
    folder = tmp_path / "step"
    (folder / "models").mkdir(parents=True)
    (folder / "models/b").write_text("made")
    (folder / "a.py").write_text("")
    (folder / "dvc.yaml").write_text("stages: {a: {cmd: run, deps: [a.py]}}\n")
    return folder


def test_what_is_made_is_found_until_its_inputs_change(step, tmp_path, cache):
    assert made.find_made(step, "run") is None
    made.keep_made(step, "run", step / "models")
    entry = cache / made.hash_inputs(step, "run")
    assert made.find_made(step, "run") == entry
    assert (entry / "b").read_text() == "made"
    assert made.find_made(step, "another command") is None
    (tmp_path / "requirements.txt").write_text("package==2\n")
    assert made.find_made(step, "run") is None


def test_only_the_newest_are_kept(step, cache, monkeypatch):
    monkeypatch.setattr(made, "MAX_ENTRIES", 2)
    for number, command in enumerate(["a", "b", "c"]):
        made.keep_made(step, command, step / "models")
        os.utime(cache / made.hash_inputs(step, command), (number, number))
        if command == "b":
            assert made.find_made(step, "a")  # so a was used later than b
    assert made.find_made(step, "a")
    assert not made.find_made(step, "b")


def test_what_a_killed_process_left_is_no_part_of_an_entry(step, cache):
    (cache / ".unfinished").mkdir(parents=True)
    (cache / ".unfinished/part").write_text("of another entry")
    made.keep_made(step, "run", step / "models")
    entry = cache / made.hash_inputs(step, "run")
    assert [path.name for path in entry.iterdir()] == ["b"]
    assert not (cache / ".unfinished").exists()


def test_several_may_keep_at_the_same_time(step, cache, monkeypatch):
    monkeypatch.setattr(made, "MAX_ENTRIES", 2)
    commands = [f"command {number % 4}" for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: made.keep_made(step, name, step / "models"), commands))
    names = {path.name for path in cache.iterdir()} - {".lock"}
    assert len(names) == 2
    assert names <= {made.hash_inputs(step, command) for command in commands}


def readme_of(number):
    return Path(f"step_{number}_a/README.md")


@pytest.mark.parametrize(
    ("number", "running", "may_run"),
    [
        (5, [], True),
        (5, [0], True),
        (0, [5], True),
        (0, [1], True),
        (5, [9], False),
        (3, [7], False),
    ],
)
def test_only_one_readme_with_servers_runs_at_a_time(number, running, may_run):
    running = map(readme_of, running)
    assert readme_schedule.may_run_beside(readme_of(number), running) == may_run


def test_those_with_servers_come_first_and_the_longest_of_them(monkeypatch):
    monkeypatch.setattr(readme_schedule, "USUAL_MINUTES", {0: 9, 1: 8, 3: 1, 5: 2})
    readmes = [readme_of(number) for number in (0, 1, 3, 5)]
    assert readme_schedule.sort_readmes(readmes) == [readme_of(number) for number in (5, 3, 0, 1)]
    assert readme_schedule.estimate_minutes(readmes, 1) == 20
    assert readme_schedule.estimate_minutes(readmes, 2) == 10
    assert readme_schedule.estimate_minutes(readmes[2:], 2) == 3


def test_two_readmes_run_at_a_time_and_those_with_servers_in_turn():
    lock, running, seen, finished = threading.Lock(), [], [], []

    def run(path):
        with lock:
            running.append(path)
            seen.append(list(running))
        time.sleep(0.05)
        with lock:
            running.remove(path)
            finished.append(path)

    readmes = [readme_of(number) for number in (3, 5, 9, 0, 1)]
    readme_schedule.run_all(readmes, run)
    assert sorted(finished) == sorted(readmes)
    assert max(len(paths) for paths in seen) == 2
    assert max(sum(map(readme_schedule.uses_ports, paths)) for paths in seen) == 1


def test_one_worker_keeps_the_order():
    finished = []
    readmes = [readme_of(number) for number in (3, 0, 5)]
    readme_schedule.run_all(readmes, finished.append, workers=1)
    assert finished == readmes


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_three_exercises_with_checks_and_answers(step):
    text = (STEPS[step] / "README.md").read_text(encoding="utf-8")
    blocks = readme.find_blocks(text.splitlines())
    checks = [block.directives["exercise"] for block in blocks if "exercise" in block.directives]
    assert checks == ["1", "2", "3"]
    for number in checks:
        assert (readme.ANSWERS / STEPS[step].name / f"{number}.sh").is_file()


@pytest.mark.parametrize("step", STEPS)
def test_every_readme_has_the_same_headings_and_a_diagram(step):
    text = (STEPS[step] / "README.md").read_text(encoding="utf-8")
    if step not in readme_anatomy.WRITTEN:  # the others are held by `make lint`
        assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == HEADINGS
    assert text.startswith(f"# Step {step}: ")
    assert "```mermaid\n" in text.split("\n## ")[1]


TEXTS = [
    *ROOT.glob("*.md"),
    *(path for path in ROOT.glob("[!.]*/**/*.md") if "_build" not in path.parts),
]


@pytest.mark.parametrize("path", sorted(TEXTS), ids=str)
def test_links_between_files_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target
