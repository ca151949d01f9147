"""tools/readme.py: it runs what a README says, and sees where the output differs."""

import subprocess

import pytest

import readme
from conftest import ROOT, STEPS

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
    assert readme.same(expected, printed)


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
    assert not readme.same(expected, printed)


def run_readme(path, update=False):
    made = path.parent.parent / "made"
    made.mkdir(exist_ok=True)
    return readme.run_readme(path, update, made)


@pytest.fixture
def write_readme(tmp_path, monkeypatch):
    """Writes a README into a repository of its own, with one file beside it."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    monkeypatch.setattr(readme, "ROOT", tmp_path)

    def write(text):
        folder = tmp_path / "step_0_a"
        folder.mkdir()
        (folder / "a.py").write_text("x = 1\nprint(x)\n")
        path = folder / "README.md"
        path.write_text(text)
        return path

    return write


def test_commands_run_in_one_shell_in_a_copy_of_the_folder(write_readme):
    path = write_readme(
        "```bash\nexport A=7\npython a.py > new\n```\n\n```bash\necho $A; cat new\n```\n\n"
        "```text\n7\n1\n```\n\n```python\nimport a\n```\n\n```text\n1\n```\n"
    )
    assert run_readme(path) == []
    assert not (path.parent / "new").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("```bash\necho a\n```\n\n```text\nb\n```\n", "this was printed"),
        ("```bash\nfalse\n```\n", "ended with status 1"),
        ("```bash\nfalse | cat\necho fine\n```\n", "ended with status 1"),
        ("<!-- exit: 1 -->\n```bash\ntrue\n```\n", "ended with status 0"),
        ("```python\n1 / 0\n```\n", "ended with status 1"),
        ("```python\n# a.py\nx = 2\n```\n", "not in a.py"),
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


def test_a_folder_is_made_once_for_the_same_inputs(write_readme):
    text = (
        "<!-- makes: models -->\n```bash\nmkdir models; cat a.py > models/b; echo ran >> {}\n```\n"
    )
    path = write_readme("")
    folder, log = path.parent, path.parent.parent / "log"
    path.write_text(text.format(log) + "\n```bash\ntest -s models/b\n```\n")
    (folder / "dvc.yaml").write_text("stages: {train: {cmd: '', deps: [a.py]}}\n")
    for edited, runs in [("b.py", 1), ("a.py", 1), ("a.py", 2)]:
        assert run_readme(path) == []
        assert log.read_text().count("ran") == runs
        with (folder / edited).open("a") as file:
            file.write("# edited\n")


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
    assert [one.removesuffix(":\n") for one in run_readme(path)] == found


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
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == HEADINGS
    assert text.startswith(f"# Step {step}: ")
    assert "```mermaid\n" in text.split("\n## ")[1]


@pytest.mark.parametrize("path", sorted(ROOT.glob("**/*.md")), ids=str)
def test_links_between_files_lead_somewhere(path):
    if {".venv", "_build"} & set(path.parts):
        return
    for target in readme.re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target
