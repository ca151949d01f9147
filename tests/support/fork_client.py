"""Run a command as `python` does, in a fork of the fork_server.py that listens at a socket's path.

python fork_client.py SOCKET script.py ...
"""

import json
import os
import socket
import sys
from pathlib import Path

path, *arguments = sys.argv[1:]
request = {"folder": str(Path.cwd()), "arguments": arguments, "environment": dict(os.environ)}
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
    connection.connect(path)
    socket.send_fds(connection, [json.dumps(request).encode()], [0, 1, 2])
    connection.recv(100)  # the child's process id
    status = int(connection.recv(100))
sys.exit(status if status >= 0 else 128 - status)
