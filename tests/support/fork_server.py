"""Run Python scripts in forks of a process that has already imported the big packages.

A script that imports torch, pytorch_lightning and transformers spends about six seconds on it. The
server imports them once. For each command it forks: the child gets the command's folder,
arguments, environment, standard input and outputs, runs the script as `__main__`, and ends as an
interpreter does: threads are waited for, exit functions run, and buffers are flushed. A step's own
modules are never imported before the fork.

Such a child can't show the time and the memory that the imports take, which modules a script
imports, and the effect of environment variables that Python or a package reads at its start. Tests
of these use a new interpreter: `scripts.run(..., new_interpreter=True)`.

The server reads one request at a time: JSON with `folder`, `arguments` and `environment`, sent
with three file descriptors (standard input, output and error). It responds with the child's process
id and, when the child has ended, with its exit status as `subprocess` gives it. The argument of the
server is the number of an open socket, or the path of a socket to which several clients may connect
at the same time.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import threading
from pathlib import Path

# Two packages are left out: onnxruntime, which starts a thread, and wandb, whose folder for media a
# child would remove at its end. Importing them takes a tenth of a second, and one second.
PACKAGES = [
    *("torch", "torch.export", "torch.utils.tensorboard", "torchmetrics", "pytorch_lightning"),
    *("transformers", "transformers.models.bert.modeling_bert", "transformers.trainer_pt_utils"),
    *("hydra", "onnx", "onnxscript", "pandas", "sklearn.linear_model", "matplotlib.pyplot"),
    *("fastapi", "uvicorn", "mangum", "boto3", "elasticsearch", "evidently"),
    *("evidently.ui.workspace", "plotly.tools", "dvc.cli.parser", "dvc.repo", "nbconvert"),
]


def import_packages() -> None:
    """Import the packages, and check that none started a thread, because a fork loses threads."""
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # of PyArrow
    for name in PACKAGES:
        importlib.import_module(name)
    threads = len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1  # noqa: PTH208
    assert threads == 1, f"{threads} threads run"
    gc.collect()
    gc.freeze()  # the children's garbage collection leaves these objects in shared memory


def serve(connection: socket.socket) -> list[str] | None:
    """Serve the requests of a connection until it is closed, and then return None.

    In a child process, return the arguments of the command that it has to run.
    """
    while True:
        request, descriptors, _, _ = socket.recv_fds(connection, 1_000_000, 3)
        if not request:
            return None
        process_id = os.fork()
        if process_id == 0:
            connection.close()
            return take_over(json.loads(request), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        connection.sendall(f"{process_id}\n".encode())
        _, status = os.waitpid(process_id, 0)
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def listen(path: str) -> list[str]:
    """Serve each client that connects to a socket's path, in a process of its own.

    In a child process, return the arguments of the command that it has to run.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no process waits for these processes
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                command = serve(connection)
                if command is None:
                    os._exit(0)
                return command
            connection.close()


def take_over(request: dict, descriptors: list[int]) -> list[str]:
    """Take over the folder, the environment and the open files of a request's command.

    Returns the arguments of the command.
    """
    os.setsid()  # so that the child can be ended together with all processes that it starts
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    return request["arguments"]


def run_command(arguments: list[str]) -> None:
    """Run `script.py ...`, `-m module ...` or `-c code ...`, as the interpreter would."""
    first, *rest = arguments
    if first == "-m":
        sys.argv = rest
        sys.path[0] = str(Path.cwd())
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.argv = ["-c", *rest[1:]]
        sys.path[0] = ""
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
    else:
        sys.argv = arguments
        sys.path[0] = str(Path(first).resolve().parent)
        runpy.run_path(first, run_name="__main__")


def run_to_status(arguments: list[str]) -> int:
    """Run a command and print its exception, if it raises any; return its exit status."""
    try:
        run_command(arguments)
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        print(error.code, file=sys.stderr)
        return 1
    except BaseException:  # the interpreter prints all of them
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        return 1
    return 0


def main() -> None:
    """Start the server; in a child process, run a command and end as an interpreter does."""
    import_packages()
    address = sys.argv[1]
    command = serve(socket.socket(fileno=int(address))) if address.isdigit() else listen(address)
    if command is None:
        return
    status = run_to_status(command)
    # The interpreter does the same at its end, and frees all objects, which takes half a second.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
