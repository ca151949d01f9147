"""Step 2: every configuration composes and builds its objects; overrides, sweeps and DDP."""

import itertools
import re

import pytest
import yaml

from support.scripts import assert_clear_error, run, run_program
from support.steps import NEWEST, STEPS, copy_step, train_command

STEP = STEPS[2]
CONFIGS = STEP / "configs"
GROUPS = {
    folder.name: sorted(path.stem for path in folder.iterdir())
    for folder in sorted(CONFIGS.iterdir())
    if folder.is_dir()
}


def test_the_groups_are_there():
    assert GROUPS["data"] == ["bundled", "cola_folder", "cola_hub"]
    assert {"minilm", "bert_tiny"} <= set(GROUPS["model"])
    assert {"default", "fast", "ddp"} <= set(GROUPS["training"])
    assert {"wandb", "tensorboard"} <= set(GROUPS["logger"])


def test_every_combination_composes_and_builds_its_objects(tiny_model, tmp_path):
    result = run_program(STEP, "build_configurations", str(GROUPS), str(tiny_model), str(tmp_path))
    assert result.returncode == 0, result.stderr
    combinations = list(itertools.product(*GROUPS.values()))
    assert result.stdout.count("built ") == len(combinations)


def test_the_defaults_are_those_of_the_step_before():
    """Step 1's arguments and step 2's configuration train the same model."""
    result = run(STEP, "train.py", "--cfg", "job", "--resolve")
    config = yaml.safe_load(result.stdout)
    help_text = " ".join(run(STEPS[1], "train.py", "--help").stdout.split("options:")[1].split())

    def default(option):
        match = re.search(rf"--{option} .*?\(default: ([^)]*)\)", help_text)
        assert match, option
        return match[1]

    assert config["data"]["source"] == default("data")
    assert config["model"]["model_name"] == default("model")
    assert config["training"]["max_epochs"] == int(default("epochs"))
    assert config["patience"] == int(default("patience"))
    assert config["data"]["batch_size"] == int(default("batch-size"))
    assert config["model"]["learning_rate"] == float(default("learning-rate"))
    assert config["training"]["precision"] == default("precision")
    assert config["seed"] == int(default("seed"))
    assert config["output"] == default("output")


def test_a_launcher_can_send_the_training_to_another_process():
    result = run_program(STEP, "pickle_main")
    assert result.stdout == "True\n", result.stderr


@pytest.mark.parametrize(
    ("override", "nearest"),
    [
        ("trainin=fast", "'training'"),
        ("model.learning_rat=1e-4", "'model.learning_rate'"),
        ("data.batchsize=8", "'data.batch_size'"),
        ("sed=1", "'seed'"),
    ],
)
def test_a_mistyped_name_gets_its_nearest_neighbour(override, nearest):
    name = override.split("=")[0]
    assert_clear_error(run(STEP, "train.py", override), f"'{name}'", f"Did you mean {nearest}")


@pytest.mark.parametrize("value", ["~/cola", "a#b", "a&b", "a=b", "cola (1)", "données"])
def test_a_value_that_hydra_cannot_read_says_how_to_quote_it(value):
    result = run(STEP, "train.py", f"data.source={value}")
    assert_clear_error(result, f"'data.source=\"{value}\"'")
    quoted = run(STEP, "train.py", f'data.source="{value}"')
    assert_clear_error(quoted, f"{value}/in_domain_train.tsv does not exist")


def test_another_argument_of_the_trainer_is_added_with_a_plus(small_data, tmp_path):
    result = run(STEP, "train.py", "training.accelerator=cpu")
    assert_clear_error(result, "+training.accelerator=cpu")
    shown = run(STEP, "train.py", "+training.accelerator=cpu", "--cfg", "job")
    assert "accelerator: cpu" in shown.stdout


def test_a_quoted_output_folder_is_found_by_the_other_scripts():
    result = run(STEP, "inference.py", 'output="a=b"', "Fine.")
    assert_clear_error(result, "There is no checkpoint a=b/best.ckpt")


def test_only_the_names_of_trainings_configuration_count():
    result = run(STEPS[NEWEST], "train.py", "at_least=3")  # is in monitoring/drift.yaml
    assert_clear_error(result, "'at_least'", "Did you mean")


def test_a_mistyped_choice_lists_the_choices():
    result = run(STEP, "train.py", "training=fst")
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert "ddp" in result.stderr and "fast" in result.stderr


def test_the_composed_configuration_is_saved_with_the_run(tmp_path, small_data, tiny_model):
    folder = copy_step(2, tmp_path)
    command = train_command(2, data=small_data, model=tiny_model, epochs=1, seed=3)
    assert run(folder, *command).returncode == 0
    saved = yaml.safe_load((folder / "models/.hydra/config.yaml").read_text())
    assert saved["seed"] == 3
    assert saved["training"]["max_epochs"] == 1
    assert saved["model"]["model_name"] == str(tiny_model)


def test_a_sweep_runs_each_job_in_a_folder_of_its_own(tmp_path, small_data, tiny_model):
    folder = copy_step(2, tmp_path)
    command = train_command(2, data=small_data, model=tiny_model, epochs=1)
    result = run(folder, *command, "seed=0,1", "--multirun")
    assert result.returncode == 0, result.stderr
    assert len([*(folder / "models").rglob("offline-run-*")]) == 2, "each has a record of its own"
    jobs = sorted(path.parent for path in (folder / "models").rglob("best.ckpt"))
    assert len(jobs) == 2
    for seed, job in enumerate(jobs):
        assert yaml.safe_load((job / ".hydra/config.yaml").read_text())["seed"] == seed
        assert (job / "last.ckpt").is_file()


@pytest.fixture
def steady_model(tmp_path):
    """A tiny model without dropout, whose random numbers differ between processes."""
    folder = tmp_path / "steady-bert"
    folder.mkdir()
    assert run_program(folder, "make_tiny_model", "0.0").returncode == 0
    return folder


def test_two_processes_give_the_validation_metric_of_one(tmp_path, small_data, steady_model):
    folder = copy_step(2, tmp_path)
    metrics = {}
    for training in ("default", "ddp"):
        command = train_command(
            2,
            data=small_data,
            model=steady_model,
            epochs=3,
            batch_size=16,
            learning_rate=5e-3,
            training=training,
            logger="tensorboard",
            output=training,
        )
        overrides = ("model.dropout=0", "+training.accelerator=cpu")
        result = run(folder, *command, *overrides, new_interpreter=training == "ddp")
        assert result.returncode == 0, result.stderr
        metrics[training] = read_metrics(folder / training)
        if training == "ddp":
            assert "MEMBER: 2/2" in result.stderr
    for name in ("val/mcc", "val/accuracy"):
        assert metrics["ddp"][name] == pytest.approx(metrics["default"][name], abs=1e-6)
    assert metrics["ddp"]["val/loss"] == pytest.approx(metrics["default"]["val/loss"], abs=1e-3)
    assert len(set(metrics["default"]["val/loss"])) == 3, "the model did not change"


def read_metrics(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(str(next(folder.glob("logs/version_*")))).Reload()
    names = ("val/mcc", "val/accuracy", "val/loss")
    return {name: [event.value for event in log.Scalars(name)] for name in names}


def test_inference_finds_the_checkpoint_where_the_configuration_puts_it(
    tmp_path, small_data, tiny_model
):
    folder = copy_step(2, tmp_path)
    config = folder / "configs/config.yaml"
    config.write_text(config.read_text().replace("output: models", "output: elsewhere"))
    assert (
        run(folder, *train_command(2, data=small_data, model=tiny_model, epochs=1)).returncode == 0
    )
    assert (folder / "elsewhere/best.ckpt").is_file()
    assert run(folder, "inference.py", "A sentence.").returncode == 0
