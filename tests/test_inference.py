"""inference.py: the prediction format, its inputs, and what it refuses."""

import json
import os
import subprocess
import sys

import pytest
import torch

from support.scripts import assert_clear_error, run
from support.steps import NEWEST, STEPS, train_command

SENTENCES = ["The boy is sitting on a bench", "They not yelled us!", "Ça va? 你好 🙂", 'A "quote.']


@pytest.fixture(scope="module")
def checkpoint(tiny_model, small_data, tmp_path_factory):
    """A checkpoint of the tiny model, made by the newest step."""
    output = tmp_path_factory.mktemp("models")
    command = train_command(NEWEST, data=small_data, model=tiny_model, epochs=1, output=output)
    result = run(STEPS[NEWEST], *command)
    assert result.returncode == 0, result.stderr
    return output / "best.ckpt"


def predict(checkpoint, *arguments, step=NEWEST, **options):
    return run(STEPS[step], "inference.py", "--checkpoint", str(checkpoint), *arguments, **options)


@pytest.mark.parametrize("step", STEPS)
def test_a_prediction_has_its_label_its_score_and_the_score_of_each_label(step, checkpoint):
    result = predict(checkpoint, *SENTENCES, step=step)
    assert result.returncode == 0, result.stderr
    predictions = [json.loads(line) for line in result.stdout.splitlines()]
    assert [prediction["sentence"] for prediction in predictions] == SENTENCES
    for prediction in predictions:
        assert list(prediction) == ["sentence", "label", "score", "scores"]
        assert set(prediction["scores"]) == {"unacceptable", "acceptable"}
        assert prediction["score"] == prediction["scores"][prediction["label"]]
        assert prediction["score"] == max(prediction["scores"].values())
        assert sum(prediction["scores"].values()) == pytest.approx(1, abs=2e-4)


def test_arguments_a_file_and_standard_input_give_the_same(checkpoint, tmp_path):
    file = tmp_path / "sentences.txt"
    file.write_text("\n".join(SENTENCES) + "\n", encoding="utf-8")
    by_arguments = predict(checkpoint, *SENTENCES).stdout
    assert by_arguments
    assert predict(checkpoint, "--file", str(file)).stdout == by_arguments
    assert predict(checkpoint, input="\n".join(SENTENCES)).stdout == by_arguments


def test_the_mark_at_the_start_of_a_file_is_not_part_of_the_first_sentence(checkpoint, tmp_path):
    file = tmp_path / "sentences.txt"
    file.write_text("\n".join(SENTENCES) + "\n", encoding="utf-8-sig")
    assert predict(checkpoint, "--file", str(file)).stdout == predict(checkpoint, *SENTENCES).stdout


def test_predictions_are_utf_8_in_every_locale(checkpoint, tmp_path):
    (tmp_path / "sentences.txt").write_text("Ça va? 你好\n", encoding="utf-8")
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    files = ["--checkpoint", checkpoint, "--file", tmp_path / "sentences.txt"]
    command = [sys.executable, "inference.py", *files]
    printed = subprocess.check_output(command, cwd=STEPS[NEWEST], env=environment)
    assert "Ça va? 你好" in printed.decode()


@pytest.mark.parametrize("sentence", ["\u200b", "\u00ad \ufeff", "\x01\x7f", "\u0301", "\ufffd"])
def test_sentences_without_anything_visible_are_refused(checkpoint, sentence):
    assert_clear_error(predict(checkpoint, sentence), "Sentence 1 is empty")
    assert predict(checkpoint, f"Fine{sentence} 👩‍🔬").returncode == 0


def test_many_sentences_come_back_in_their_order(checkpoint):
    sentences = [f"{'very ' * (i % 7)}good\u2028number {i}" for i in range(150)]
    result = predict(checkpoint, input="\n".join(sentences))
    assert [json.loads(line)["sentence"] for line in result.stdout.split("\n")[:-1]] == sentences


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["Fine.", ""], None, "Sentence 2 is empty"),
        (["  \t "], None, "Sentence 1 is empty"),
        ([], "Fine.\n\nFine.\n", "Sentence 2 is empty"),
        ([], "", "no sentence"),
        ([], "word " * 10_000, "Sentence 1 has 10,002 tokens and the model reads at most 512"),
        (["--file", "no-such-file.txt"], None, "no-such-file.txt"),
        ([b"Half \xf0\x9f a character"], None, "Sentence 1 is not valid text"),
    ],
)
def test_sentences_that_the_model_cannot_take_are_refused(checkpoint, arguments, stdin, message):
    assert_clear_error(predict(checkpoint, *arguments, input=stdin), message)


@pytest.mark.parametrize("step", sorted({0, 2, NEWEST}))
def test_a_missing_checkpoint_says_how_to_make_one(step, tmp_path):
    result = predict(tmp_path / "best.ckpt", "A sentence.", step=step)
    assert_clear_error(result, "best.ckpt", "python train.py")


def test_a_checkpoint_of_something_else_is_refused(checkpoint, tmp_path):
    content = torch.load(checkpoint, weights_only=True)
    other, text = tmp_path / "other.ckpt", tmp_path / "text.ckpt"
    name = next(iter(content["state_dict"]))
    content["state_dict"]["something.else"] = content["state_dict"].pop(name)
    torch.save(content, other)
    text.write_text("not a checkpoint")
    empty, nothing = tmp_path / "empty.ckpt", tmp_path / "nothing.ckpt"
    torch.save({}, empty)
    nothing.touch()
    for path in (other, text, empty, nothing):
        assert_clear_error(predict(path, "A sentence."), "is not a checkpoint of this model")
