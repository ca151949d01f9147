"""support/scripts.py: a script that runs in a fork behaves as in a new interpreter."""

import os
import signal
import subprocess
import sys
import time

import pytest

from support.scripts import run

FORK_AND_NEW_INTERPRETER = pytest.mark.parametrize(
    "new_interpreter", [False, True], ids=["fork", "interpreter"]
)


@FORK_AND_NEW_INTERPRETER
def test_arguments_input_folder_and_environment_arrive(tmp_path, new_interpreter):
    (tmp_path / "helper.py").write_text("WORD = 'imported'")
    (tmp_path / "script.py").write_text(
        "import helper, os, sys\n"
        "print(__name__, helper.WORD, sys.argv, sys.stdin.read(), os.getcwd(), os.environ['X'])\n"
        "print('to the errors', file=sys.stderr)\n"
    )
    options = {"input": "text", "env": os.environ | {"X": "y"}, "new_interpreter": new_interpreter}
    result = run(tmp_path, "script.py", "a b", **options)
    printed = f"__main__ imported ['script.py', 'a b'] text {tmp_path} y\n"
    assert (result.returncode, result.stdout) == (0, printed)
    assert result.stderr == "to the errors\n"


@FORK_AND_NEW_INTERPRETER
@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("pass", 0, ""),
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit('a message')", 1, "a message\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
        ("import os; os.abort()", -signal.SIGABRT, ""),
    ],
)
def test_the_exit_status_is_that_of_a_process(tmp_path, code, status, error, new_interpreter):
    result = run(tmp_path, "-c", code, new_interpreter=new_interpreter)
    assert result.returncode == status
    assert result.stderr.endswith(error)


@FORK_AND_NEW_INTERPRETER
def test_threads_and_exit_functions_end_before_the_process(tmp_path, new_interpreter):
    code = (
        "import atexit, threading, time\n"
        "atexit.register(print, 'exit function')\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()\n"
        "print('script', end=' ')\n"
    )
    result = run(tmp_path, "-c", code, new_interpreter=new_interpreter)
    assert result.stdout == "script thread\nexit function\n"


@FORK_AND_NEW_INTERPRETER
def test_a_module_is_run_by_its_name(tmp_path, new_interpreter):
    (tmp_path / "module.py").write_text("import sys; print(__name__, sys.argv[1:])")
    result = run(tmp_path, "-m", "module", "x", new_interpreter=new_interpreter)
    assert result.stdout == "__main__ ['x']\n"


def test_a_script_that_takes_too_long_is_ended_with_what_it_started(tmp_path):
    code = "import subprocess; subprocess.run(['sh', '-c', 'touch early; sleep 2; touch late'])"
    with pytest.raises(subprocess.TimeoutExpired):
        run(tmp_path, "-c", code, timeout=1)
    time.sleep(1.5)
    assert [path.name for path in tmp_path.iterdir()] == ["early"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: elsewhere nothing is forked")
def test_a_fork_has_the_packages_but_none_of_a_steps_modules(tmp_path):
    code = (
        "import sys; print('torch' in sys.modules, 'train' in sys.modules, 'data' in sys.modules)"
    )
    assert run(tmp_path, "-c", code).stdout == "True False False\n"
