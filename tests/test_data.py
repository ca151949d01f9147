"""Reading, tokenising and batching the data."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from support.scripts import assert_clear_error, run
from support.steps import NEWEST, ROOT, STEPS

sys.path.insert(0, str(STEPS[0]))
from batching import LengthGroupedBatchSampler
from cola import read_file, read_splits
from data import ColaDataset, DataModule
from errors import InputError
from model import DEFAULT_MODEL, load_tokenizer


def test_reads_quotes_marks_and_a_last_line_without_newline(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text('x\t1\t\tHe said "no.\nx\t0\t*\tKim "go."', encoding="utf-8")
    first, second = read_file(path)
    assert first == ('He said "no.', 1, f"{path}, line 1")
    assert second == ('Kim "go."', 0, f"{path}, line 2")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"x\t1\tno sentence\n", "3 columns where CoLA has 4"),
        (b"x\t1\t\tone\ttoo many\n", "5 columns"),
        (b"\n", "1 columns"),
        (b"x\t2\t\tBad label.\n", "the label is '2', not 0 or 1"),
        (b"x\tlabel\t\tBad label.\n", "the label is 'label'"),
        (b"x\t1\t\tCaf\xe9.\n", "not UTF-8"),
        (b"x\t1\t\t \n", "the sentence is empty"),
        ("x\t1\t\t\u200b\u00ad\ufeff\n".encode(), "the sentence is empty"),
    ],
)
def test_a_bad_line_is_named(bad_data, line, message):
    folder = bad_data(line)
    with pytest.raises(InputError) as error:
        read_splits(str(folder))
    assert message in str(error.value)
    assert "in_domain_train.tsv, line 401: " in str(error.value)


@pytest.mark.parametrize("split", ["in_domain_train", "out_of_domain_dev"])
def test_a_sentence_that_is_too_long_is_named_before_the_training(small_data, tmp_path, split):
    shutil.copytree(small_data, tmp_path / "data")
    path = tmp_path / f"data/{split}.tsv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, "x\t1\t\t" + "word " * 600]) + "\n")
    with pytest.raises(InputError, match=rf"{split}\.tsv, line {len(lines) + 1}: .* 602 tokens"):
        DataModule(str(tmp_path / "data")).setup()


def test_a_folder_with_a_plus_in_its_name_is_read(small_data, tmp_path):
    folder = tmp_path / "a+b"
    shutil.copytree(small_data, folder)
    assert len(read_splits(str(folder)).train) == len(read_splits(str(small_data)).train)


def test_data_py_takes_a_split_with_one_sentence(small_data, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(small_data, folder)
    (folder / "out_of_domain_dev.tsv").write_text("x\t1\t\tIt rains.\n")
    result = run(STEPS[0], "data.py", "--data", str(folder))
    assert re.search(r"^out_of_domain_dev +1 +100.0% +5.0 +5 +5$", result.stdout, re.M)


def test_a_reader_that_goes_away_ends_the_script_in_silence():
    command = [sys.executable, "data.py"]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as output:
        result = subprocess.run(
            command, cwd=STEPS[0], stdout=output, stderr=subprocess.PIPE, check=False
        )
    assert (result.returncode, result.stderr) == (1, b"")


def test_a_full_disk_is_one_line():
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "data.py"],
            cwd=STEPS[0],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr == "error: [Errno 28] No space left on device\n"


def test_batches_that_have_too_few_sentences_for_the_processes_are_refused():
    with pytest.raises(
        InputError, match="10 sentences in batches of 2 are too few for 3 processes"
    ):
        LengthGroupedBatchSampler([5] * 10, batch_size=2, world_size=3)


def test_an_empty_file_is_named(bad_data):
    folder = bad_data(b"")
    (folder / "out_of_domain_dev.tsv").write_bytes(b"")
    with pytest.raises(InputError, match=r"out_of_domain_dev\.tsv is empty"):
        read_splits(str(folder))


@pytest.mark.parametrize("step", sorted({0, NEWEST}))
def test_bad_data_stops_the_script_with_one_line(step, bad_data):
    folder = bad_data(b"x\t2\t\tBad label.\n")
    assert_clear_error(run(STEPS[step], "data.py", "--data", str(folder)), "line 401", "not 0 or 1")


def test_a_missing_folder_is_named_with_the_choices():
    result = run(STEPS[0], "data.py", "--data", "no/such/folder")
    assert_clear_error(result, "no/such/folder/in_domain_train.tsv", "'bundled'", "'hub'")


def test_an_unreachable_hub_names_the_other_sources():
    result = run(STEPS[0], "data.py", "--data", "hub")
    assert_clear_error(result, "Hugging Face hub", "bundled", "cola_public/raw")


@pytest.mark.parametrize("step", sorted({0, NEWEST}))
def test_reading_the_data_imports_no_pytorch(step):
    code = "import sys, cola; cola.read_splits('bundled'); print('torch' in sys.modules)"
    assert run(STEPS[step], "-c", code, new_interpreter=True).stdout == "False\n"


def test_sources_are_joined_for_training_and_the_first_is_for_measuring(small_data):
    joined, first = read_splits(f"{small_data}+bundled"), read_splits(str(small_data))
    assert joined.train == first.train + read_splits("bundled").train
    assert joined.dev == first.dev
    assert list(joined.dev) == ["in_domain_dev", "out_of_domain_dev"]
    assert joined.validation == first.dev["in_domain_dev"]
    assert joined.all_dev == first.dev["in_domain_dev"] + first.dev["out_of_domain_dev"]


def test_data_py_shows_samples_counts_balance_and_lengths():
    result = run(STEPS[0], "data.py")
    assert result.returncode == 0, result.stderr
    splits = read_splits("bundled")
    for split, examples in splits.by_name.items():
        share = sum(example.label for example in examples) / len(examples)
        [row] = [line for line in result.stdout.splitlines() if line.startswith(f"{split} ")]
        assert f"{len(examples):,}" in row
        assert f"{share:.1%}" in row
    assert splits.train[0].sentence in result.stdout


def test_the_bundled_corpus_is_the_same_in_every_step():
    for step in STEPS.values():
        for path in (STEPS[0] / "data").iterdir():
            assert (step / "data" / path.name).read_bytes() == path.read_bytes()


@pytest.fixture(scope="module")
def dataset():
    return ColaDataset(read_splits("bundled").train[:500], load_tokenizer(DEFAULT_MODEL))


def test_a_batch_is_padded_to_its_own_longest_sentence(dataset):
    batch = dataset.collate([dataset[i] for i in range(7)])
    longest = max(dataset.lengths[:7])
    assert batch["input_ids"].shape == batch["attention_mask"].shape == (7, longest)
    assert batch["attention_mask"].sum(dim=1).tolist() == dataset.lengths[:7]
    assert torch.all(batch["input_ids"][batch["attention_mask"] == 0] == dataset.pad_token_id)


@pytest.mark.parametrize("size", [1, 2, 31, 32, 33, 500])
def test_batches_hold_every_sentence_once_and_are_of_even_size(dataset, size):
    batches = list(LengthGroupedBatchSampler(dataset.lengths, size, seed=1))
    assert sorted(i for batch in batches for i in batch) == list(range(500))
    assert len(batches) == -(-500 // size)
    assert max(map(len, batches)) - min(map(len, batches)) <= 1
    assert max(map(len, batches)) <= size


def test_batches_of_similar_lengths_hold_little_padding(dataset):
    def padding(batches):
        lengths = [[dataset.lengths[i] for i in batch] for batch in batches]
        padded = sum(max(batch) * len(batch) for batch in lengths)
        return 1 - sum(dataset.lengths) / padded

    grouped = padding(LengthGroupedBatchSampler(dataset.lengths, 32, seed=0))
    assert grouped < 0.15 < padding(torch.randperm(500).split(32))


def test_the_order_depends_on_the_seed_alone(dataset):
    first, same, other = (
        list(LengthGroupedBatchSampler(dataset.lengths, 16, seed=seed)) for seed in (0, 0, 1)
    )
    assert first == same != other


def test_processes_share_every_batch(dataset):
    whole = list(LengthGroupedBatchSampler(dataset.lengths, 32, seed=0))
    shares = [
        list(LengthGroupedBatchSampler(dataset.lengths, 32, seed=0, rank=rank, world_size=3))
        for rank in range(3)
    ]
    for batch, *parts in zip(whole, *shares, strict=True):
        assert sorted(index for part in parts for index in part) == sorted(batch)
        assert all(parts)


def test_the_data_module_trains_on_train_and_validates_on_in_domain_dev(small_data):
    data = DataModule(str(small_data))
    data.setup()
    assert (len(data.train_data), len(data.val_data)) == (400, 75)
    assert sum(len(batch["labels"]) for batch in data.train_dataloader()) == 400
    assert sum(len(batch["labels"]) for batch in data.val_dataloader()) == 75


def test_every_step_ships_what_the_generator_makes(tmp_path):
    result = run(ROOT, "corpus/generate.py", str(tmp_path))
    assert result.returncode == 0, result.stderr
    for path in (STEPS[0] / "data").iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
