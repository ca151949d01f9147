"""tools/readme_anatomy.py: it finds where a README lacks a part of a lesson."""

import pytest

import readme_anatomy
import steps
from readme_anatomy import HEADINGS, check_lesson

README = """# Step 1: a tool

## Where you are

A model that trains.

## Questions this step answers

- [What is the tool?](#the-idea)

## The idea

The tool keeps things. You need it because things get lost. For example, a score.

## The smallest example

This prints a number.

```python
print(1)
```

## Read the change

The script says more now.

```diff
@@ train.py @@
 a = 1
-print(a)
+print("a", a)
```

The new line names what it prints.

```diff
@@ tool.py @@
+b = 2
```

The new file has one line.

## Run it

Run the script.

## Going deeper

Nothing is deeper.

## On the real service

There is no service.

## Exercises

Change it.

<details><summary>Hint</summary>Look at the file.</details>

<!-- exercise: 1 -->
```bash
echo solved
```

## What you have now

A tool. The next is [step 2](../step_2_b/README.md).

## Troubleshooting

Nothing fails.

## References

None.
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A function that checks a README; its step changes train.py and adds tool.py."""
    folders = [tmp_path / name for name in ("step_0_a", "step_1_a", "step_2_b")]
    for folder, text in zip(
        folders, ("a = 1\nprint(a)\n", 'a = 1\nprint("a", a)\n', ""), strict=True
    ):
        folder.mkdir()
        (folder / "train.py").write_text(text)
    (folders[1] / "tool.py").write_text("b = 2\n")
    steps.subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    monkeypatch.setattr(steps, "ROOT", tmp_path)

    def check(text, **pages):
        (folders[1] / "README.md").write_text(text)
        for name, page in pages.items():
            (folders[1] / f"{name}.md").write_text(page)
        return check_lesson(folders[1], folders[0], folders[2])

    return check


def test_a_lesson_with_all_parts_has_no_problem(lesson):
    assert lesson(README) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("## The idea", "## Idea", "its headings are"),
        ("(#the-idea)", "(#an-idea)", "leads to 0 sentences"),
        ("because things get lost. For example, a score", "", "leads to 2 sentences"),
        ("- [What is the tool?](#the-idea)", "What?", "there is no question with a link"),
        ("print(1)", "print(1)\n" * 9, ""),
        ("```python\nprint(1)", "```bash\n" + "true\n" * 9, "9 lines of commands"),
        ("```python\nprint(1)", "```bash\ncat <<'END'\n" + "a\n" * 9 + "END", ""),
        ("```python\nprint(1)", '```bash\necho "Hello!"', '"Hello!" has an exclamation mark'),
        ("```python\nprint(1)", """```bash\necho "a" 'Hello!' && ! echo "b\"""", ""),
        ("-print(a)", "-print(b)", "this isn't in the diff"),
        ("@@ train.py @@", "@@ other.py @@", "this isn't in the diff"),
        ("@@ train.py @@\n", "", "this isn't in the diff"),
        ('-print(a)\n+print("a", a)\n', "", "this isn't in the diff"),
        ("\nThe new line names what it prints.\n", "", "no explanation follows"),
        ("```diff\n@@ tool.py @@\n+b = 2\n```", "", "1 hunks of the diff"),
        ("<details><summary>Hint</summary>Look at the file.</details>", "", "no folded hint"),
        ("[step 2](../step_2_b/README.md)", "step 2", "no link to the next step"),
        ("There is no service.", "word " * 2_000, "at most 1,800"),
    ],
)
def test_a_missing_part_is_found(lesson, old, new, problem):
    assert README.count(old) == 1
    problems = lesson(README.replace(old, new))
    assert len(problems) == (1 if problem else 0)
    assert problem in "".join(problems)


def test_commands_of_two_blocks_add_up_until_an_explanation(lesson):
    blocks = "```bash\n" + "true\n" * 5 + "```\n\n"
    assert "10 lines of commands" in lesson(README.replace("Run the script.", blocks * 2))[0]
    assert lesson(README.replace("Run the script.", f"{blocks}Then:\n\n{blocks}")) == []


def test_another_page_is_linked_and_may_answer_a_question(lesson):
    page = "# A page\n\n## Deep\n\nOne reason. Another reason. A third one.\n"
    assert lesson(README, page=page) == [
        "step_1_a/README.md: there is no link to the page page.md."
    ]
    linked = README.replace("(#the-idea)", "(page.md#deep)")
    assert lesson(linked, page=page) == []
    assert (
        "leads to 1 sentences"
        in lesson(linked, page=page.replace(" Another reason. A third one.", ""))[0]
    )


def test_written_readmes_are_checked(monkeypatch, capsys):
    monkeypatch.setattr(readme_anatomy, "WRITTEN", (9,))
    monkeypatch.setattr(readme_anatomy, "HEADINGS", HEADINGS[::-1])
    assert readme_anatomy.main() == 1
    assert "its headings are" in capsys.readouterr().out
