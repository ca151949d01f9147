"""The bundled corpus is as its datasheet says."""

import re
from collections import Counter

import pytest

from support.scripts import run
from support.steps import ROOT, STEPS

SPLITS = ("in_domain_train", "in_domain_dev", "out_of_domain_dev")
FAMILIES = 13
FUNCTION_WORD_LENGTH = 3  # shorter words are mostly function words


def read_rows(split):
    """Return the rows of a file of the bundled corpus, each a list of its four columns."""
    text = (STEPS[0] / "data" / f"{split}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


ROWS = {split: read_rows(split) for split in SPLITS}


def test_sizes():
    assert 3_800 <= len(ROWS["in_domain_train"]) <= 4_200
    assert 450 <= len(ROWS["in_domain_dev"]) <= 550
    assert 450 <= len(ROWS["out_of_domain_dev"]) <= 550


@pytest.mark.parametrize("split", SPLITS)
def test_half_to_two_thirds_are_acceptable(split):
    share = sum(label == "1" for _, label, _, _ in ROWS[split]) / len(ROWS[split])
    assert 0.5 <= share <= 2 / 3


def test_no_sentence_occurs_twice():
    counts = Counter(row[3].lower() for rows in ROWS.values() for row in rows)
    assert [sentence for sentence, count in counts.items() if count > 1] == []


def test_out_of_domain_paradigms_are_not_trained_on():
    trained = {row[0] for row in ROWS["in_domain_train"]}
    assert {row[0] for row in ROWS["in_domain_dev"]} <= trained
    assert trained.isdisjoint(row[0] for row in ROWS["out_of_domain_dev"])
    assert len(trained | {row[0] for row in ROWS["out_of_domain_dev"]}) >= 60


def test_every_paradigm_has_both_labels_and_every_family_is_there():
    labels: dict[str, set[str]] = {}
    for source, label, _, _ in ROWS["in_domain_train"]:
        labels.setdefault(source, set()).add(label)
    assert all(found == {"0", "1"} for found in labels.values())
    assert len({source.split("-")[0] for source in labels}) == FAMILIES


def find_words(split):
    """Return the words of a split that are longer than most function words."""
    text = " ".join(row[3].lower() for row in ROWS[split])
    return {word for word in re.findall(r"[a-z]+", text) if len(word) > FUNCTION_WORD_LENGTH}


def test_most_words_out_of_domain_are_new():
    words = find_words("out_of_domain_dev")
    assert len(words - find_words("in_domain_train")) >= 0.6 * len(words)


def test_marks_and_orthography():
    for rows in ROWS.values():
        for _, label, mark, sentence in rows:
            assert (label, mark) in {("1", ""), ("0", "*")}
            assert sentence == " ".join(sentence.split())
            assert sentence[0].isupper() and sentence[-1] in ".?!", sentence


@pytest.mark.parametrize("split", SPLITS)
def test_length_does_not_give_the_label_away(split):
    lengths: dict[str, list[int]] = {"0": [], "1": []}
    for _, label, _, sentence in ROWS[split]:
        lengths[label].append(len(sentence.split()))
    means = {label: sum(values) / len(values) for label, values in lengths.items()}
    assert abs(means["0"] - means["1"]) < 1
    assert max(map(max, lengths.values())) >= 15


def test_the_courses_two_sentences_are_not_in_it():
    sentences = {row[3].lower().strip(".!") for rows in ROWS.values() for row in rows}
    assert sentences.isdisjoint({"the boy is sitting on a bench", "they not yelled us"})


def test_the_list_of_paradigms_is_what_the_generator_prints():
    result = run(ROOT, "corpus/generate.py", "--table")
    assert result.stdout == (ROOT / "corpus/PARADIGMS.md").read_text(encoding="utf-8")
