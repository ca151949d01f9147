"""Step 4: the conversion, its checks, and prediction without PyTorch."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from support.scripts import assert_clear_error, run, run_program, succeed
from support.steps import NEWEST, STEPS, copy_step, train_command

STEPS_WITH_ONNX = [NEWEST]
INT8, FP32 = "models/onnx/model.int8.onnx", "models/onnx/model.onnx"
ODD = [
    "The boy is sitting on a bench",
    "They not yelled us!",
    "Ça va? 你好 🙂 שלום مرحبا",
    "e\u0301 and \u00e9, \u200bzero width\u200b, \ufeffmark, \u2028separator",
    "[CLS] [SEP] [MASK] [PAD] [UNK] ##ing",
    "UPPER lower  two  spaces\tand a tab",
    'A "quote, a \\ and a \x00 null',
    "!" * 200,
    "word " * 510,
    "a" * 5_000,
    "👩‍👩‍👧‍👦" * 20,
]


@pytest.fixture(scope="module", params=STEPS_WITH_ONNX)
def folder(request, tmp_path_factory, tiny_model):
    """The step's folder, with the tiny model trained and converted.

    It learns which verb is acceptable, so surely that no processor's rounding turns a label.
    """
    folder = copy_step(request.param, tmp_path_factory.mktemp("onnx"))
    for name, count in [("in_domain_train", 400), ("in_domain_dev", 75), ("out_of_domain_dev", 50)]:
        lines = [
            f"made\t{i % 2}\t\tThe boy {['sang', 'sleeps'][i % 2]} {i}\n" for i in range(count)
        ]
        (folder / f"data/{name}.tsv").write_text("".join(lines))
    settings = {"epochs": 10, "patience": 10, "learning_rate": 1e-3, "logger": "tensorboard"}
    command = train_command(request.param, model=tiny_model, **settings)
    assert run(folder, *command).returncode == 0
    result = run(folder, "convert_model_to_onnx.py")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Warning" not in result.stderr
    assert result.stdout.count("MCC on 125 dev sentences") == 3
    assert result.stdout.count(": 1.000\n") == 3
    metrics = json.loads((folder / "models/onnx/metrics.json").read_text())
    assert metrics["mcc"] == {"PyTorch": 1, "fp32": 1, "int8": 1}
    assert 0 < metrics["largest_logit_difference"] < 1e-4
    return folder


def predict(folder, *arguments, script="inference_onnx.py", **options):
    result = run(folder, script, *arguments, **options)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def test_odd_sentences_get_the_predictions_of_the_original(folder):
    sentences = [sentence for sentence in ODD if "\0" not in sentence]
    original = predict(folder, *sentences, script="inference.py")
    for model, tolerance in [(FP32, 2e-4), (INT8, 0.1)]:
        converted = predict(folder, "--model", model, *sentences)
        for ours, theirs in zip(converted, original, strict=True):
            assert list(ours) == list(theirs) == ["sentence", "label", "score", "scores"]
            assert ours["sentence"] == theirs["sentence"]
            assert ours["scores"] == pytest.approx(theirs["scores"], abs=tolerance)


def test_the_tokens_are_those_of_the_original(folder):
    lines = (STEPS[0] / "data/out_of_domain_dev.tsv").read_text(encoding="utf-8").splitlines()
    sentences = ODD + [line.split("\t")[3] for line in lines]
    result = run_program(folder, "compare_tokens", input=json.dumps(sentences))
    assert result.stdout == f"{len(sentences)}\n", result.stderr


def test_prediction_imports_neither_pytorch_nor_anything_of_training(folder):
    code = "import inference_onnx, sys; print(*{name.split('.')[0] for name in sys.modules})"
    imported = set(run(folder, "-c", code, new_interpreter=True).stdout.split())
    assert {"numpy", "onnxruntime", "tokenizers"} <= imported
    training = {
        "torch",
        "transformers",
        "datasets",
        "pytorch_lightning",
        "hydra",
        "pandas",
        "onnx",
        "scipy",
    }
    assert not imported & training


def test_nothing_is_kept_or_reported_about_the_use(folder, tmp_path):
    """ONNX Runtime's telemetry, when on, leaves a device's id in the home folder."""
    for script in ("inference_onnx", "convert_model_to_onnx"):
        code = f"import {script} as s, onnxruntime as o; o.InferenceSession('{FP32}')"
        env = os.environ | {"HOME": str(tmp_path), "CI": ""}
        result = run(folder, "-c", code, env=env, new_interpreter=True)
        assert result.returncode == 0, result.stderr
        left = [path.name for path in tmp_path.rglob("*") if "onnxruntime" in str(path)]
        assert not left


def test_a_file_is_predicted_in_order_with_progress_and_constant_memory(folder, tmp_path):
    sentences = [f"{'very ' * (i % 7)}good number {i}" for i in range(500)]
    peaks = []
    for copies in (20, 100):
        file = tmp_path / f"{copies}.txt"
        file.write_text("\n".join(sentences * copies) + "\n")
        with (tmp_path / "out").open("w+") as out:
            process = subprocess.Popen(
                [sys.executable, "inference_onnx.py", "--file", str(file)],
                cwd=folder,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
            )
            assert process.stderr
            progress = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            assert status == 0, progress
            peaks.append(usage.ru_maxrss)
            assert f"{copies * 500 // 4096 * 4096:,} sentences" in progress
            out.seek(0)
            printed = [json.loads(line)["sentence"] for line in out]
        assert printed == sentences * copies
    assert peaks[1] < 1.1 * peaks[0]


def test_batches_give_what_single_sentences_give(folder):
    together = predict(folder, "--model", FP32, *ODD[:3])
    alone = [predict(folder, "--model", FP32, sentence)[0] for sentence in ODD[:3]]
    for one, other in zip(together, alone, strict=True):
        assert one["scores"] == pytest.approx(other["scores"], abs=2e-4)


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["Fine.", " "], None, "Sentence 2 is empty"),
        ([], "Fine.\n" * 5000 + "\n", "Sentence 5001 is empty"),
        ([], "", "no sentence"),
        ([], "Fine.\n" * 4500 + "word " * 511, "Sentence 4501 has 513 tokens"),
        ([b"Half \xf0\x9f a character"], None, "Sentence 1 is not valid text"),
        (["--file", "no-such-file.txt"], None, "no-such-file.txt"),
        (["--model", "models/none.onnx", "Fine."], None, "python convert_model_to_onnx.py"),
    ],
)
def test_sentences_that_the_model_cannot_take_are_refused(folder, arguments, stdin, message):
    assert_clear_error(run(folder, "inference_onnx.py", *arguments, input=stdin), message)


def test_a_damaged_model_is_refused(folder, tmp_path):
    shutil.copytree(folder / "models/onnx", tmp_path / "onnx")
    model = tmp_path / "onnx/model.int8.onnx"
    model.write_bytes(model.read_bytes()[:100_000])
    result = run(folder, "inference_onnx.py", "--model", str(model), "Fine.")
    assert_clear_error(result, "is damaged", "python convert_model_to_onnx.py")


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("limit", ["MAX_LOGIT_DIFFERENCE", "MAX_MCC_DIFFERENCE"])
def test_a_conversion_that_differs_fails_and_writes_nothing(folder, limit):
    before = contents(folder / "models")
    code = f"import convert_model_to_onnx as c; c.{limit} = -1; c.main()"
    result = run(folder, "-c", code)
    assert_clear_error(result, "nothing was written")
    assert contents(folder / "models") == before


def test_what_a_killed_conversion_has_left_is_removed_by_the_next(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    left = tmp_path / "copy/models/onnx.unfinished"
    left.mkdir()
    (left / "model.onnx").write_text("a part of a model")
    succeed(tmp_path / "copy", "convert_model_to_onnx.py")
    assert not left.exists()
    assert len(list((tmp_path / "copy/models/onnx").iterdir())) == 4


def test_the_mark_at_the_start_of_a_file_is_not_part_of_the_first_sentence(folder, tmp_path):
    path = tmp_path / "sentences.txt"
    path.write_text("It rains.\n", encoding="utf-8-sig")
    assert predict(folder, "--file", str(path)) == predict(folder, "It rains.")


def test_a_conversion_without_a_checkpoint_says_how_to_make_one(folder, tmp_path):
    result = run(folder, "convert_model_to_onnx.py", f"output={tmp_path}")
    assert_clear_error(result, "best.ckpt", "python train.py")


@pytest.fixture(scope="module")
def elsewhere(folder, tmp_path_factory):
    """A copy of the folder whose trained model is in `elsewhere`, and nothing in `models`."""
    copy = tmp_path_factory.mktemp("output") / "step"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("onnx"))
    (copy / "models").rename(copy / "elsewhere")
    return copy


WEEK = "--week=2026-03-02"
COMMANDS_AFTER_TRAINING = [
    ["evaluate.py"],
    ["inference.py", "A sentence."],
    ["convert_model_to_onnx.py"],
    ["inference_onnx.py", "A sentence."],
    ["compare.py"],
    ["-m", "monitoring.make_reference"],
    ["-m", "monitoring.simulate_traffic", "clean", WEEK],
    ["-m", "monitoring.drift_report", WEEK],
]


def test_every_script_finds_the_model_in_the_output_folder_that_it_is_told(elsewhere):
    """The commands run one after the other, each on what those before it have made."""
    for command in COMMANDS_AFTER_TRAINING:
        new = command == ["compare.py"]  # starts processes, which look for it where Python started
        result = run(elsewhere, *command, "output=elsewhere", new_interpreter=new)
        assert result.returncode in (0, 3), result.stderr  # 3 is drift: this model knows 4 words
        assert not (elsewhere / "models").exists()
        if "inference" in command[0]:
            assert json.loads(result.stdout)["sentence"] == "A sentence."
    models = elsewhere / "elsewhere"
    for name in ("onnx/model.int8.onnx", "monitoring/vocabulary.txt", "monitoring/reference.jsonl"):
        assert (models / name).is_file()
    assert len((elsewhere / "production/predictions.jsonl").read_text().splitlines()) == 700


@pytest.mark.parametrize("command", COMMANDS_AFTER_TRAINING[:4], ids=" ".join)
def test_every_script_finds_the_model_where_the_configuration_says(folder, command, tmp_path):
    copy = tmp_path / "step"
    shutil.copytree(folder, copy)
    (copy / "models").rename(copy / "elsewhere")
    config = copy / "configs/config.yaml"
    config.write_text(config.read_text().replace("output: models", "output: elsewhere"))
    result = run(copy, *command)
    assert result.returncode == 0, result.stderr
    assert not (copy / "models").exists()


def test_the_comparison_has_a_row_for_each_measure_and_a_chart(folder):
    (folder / "evaluation/compare.png").unlink(missing_ok=True)
    result = run(folder, "compare.py", new_interpreter=True)
    assert result.returncode == 0, result.stderr
    rows = {line[:26].strip(): line[26:].split() for line in result.stdout.splitlines()}
    for title in ["file, MB", "memory, MB", "one sentence, p99, ms", "sentences/s, by 64", "MCC"]:
        assert len(rows[title]) == 3
    memory = [float(value.replace(",", "")) for value in rows["memory, MB"]]
    assert memory[0] > 2 * memory[2], "ONNX is measured without PyTorch"
    assert (folder / "evaluation/compare.png").read_bytes().startswith(b"\x89PNG")
