"""Run Python scripts in forks of a process that has imported the big packages already.

A script that imports torch, pytorch_lightning and transformers spends about six seconds on it. The
server imports them once. For each command it forks: the child gets the command's folder,
arguments, environment, standard input and outputs, runs the script as `__main__`, and ends as an
interpreter does: threads are waited for, exit functions run, and buffers are flushed. A step's own
modules are never imported before the fork.

What such a child can't show: the time and memory that the imports take, which modules a script
imports, and environment variables that a package or Python itself reads while it is imported. Use
a new interpreter for these; `scripts.run(..., new_interpreter=True)` does.

The server reads one request at a time: JSON with `folder`, `arguments` and `environment`, sent
with three file descriptors (standard input, output and error). It answers the child's process id,
and, when the child has ended, its exit status as `subprocess` counts it. The server's argument is
the number of an open socket, or a path for a socket at which several clients may ask at once.
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

# Not among them: onnxruntime, which starts a thread, and wandb, whose folder for media a child
# would remove at its end. They take a tenth of a second, and one second.
PACKAGES = [
    *("torch", "torch.export", "torch.utils.tensorboard", "torchmetrics", "pytorch_lightning"),
    *("transformers", "transformers.models.bert.modeling_bert", "transformers.trainer_pt_utils"),
    *("hydra", "onnx", "onnxscript", "pandas", "sklearn.linear_model", "matplotlib.pyplot"),
    *("fastapi", "uvicorn", "mangum", "boto3", "elasticsearch", "evidently"),
    *("evidently.ui.workspace", "plotly.tools", "dvc.cli.parser", "dvc.repo", "nbconvert"),
]


def import_packages() -> None:
    """Import the packages, and check that no thread was started, as a fork loses threads."""
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # of PyArrow
    for name in PACKAGES:
        importlib.import_module(name)
    threads = len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1  # noqa: PTH208
    assert threads == 1, f"{threads} threads run"
    gc.collect()
    gc.freeze()  # the children's garbage collection leaves these objects, and their memory, alone


def serve(connection: socket.socket) -> list[str] | None:
    """Answer requests until the connection is closed; in a child, return the command to run."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(connection, 1_000_000, 3)
        if not request:
            return None
        process = os.fork()
        if process == 0:
            connection.close()
            return become(json.loads(request), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        connection.sendall(f"{process}\n".encode())
        _, status = os.waitpid(process, 0)
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def listen(path: str) -> list[str]:
    """Answer each client's requests in a process of its own; in a child, return the command."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for these processes
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


def become(request: dict, descriptors: list[int]) -> list[str]:
    """Take over the folder, the environment and the files of a command; return its arguments."""
    os.setsid()  # so that whoever ends the child ends what it has started as well
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


def find_status(arguments: list[str]) -> int:
    """Run a command to its end; return its exit status, having printed its exception if any."""
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
    import_packages()
    where = sys.argv[1]
    command = serve(socket.socket(fileno=int(where))) if where.isdigit() else listen(where)
    if command is None:
        return
    status = find_status(command)
    # What the interpreter does at its end, but for freeing all objects, which takes half a second
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
