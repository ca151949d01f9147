#!/usr/bin/python3
"""curl, for an image that has none: prints what an address answers; `--config -` has the login."""

import base64
import sys
import urllib.request

request = urllib.request.Request(sys.argv[-1])
if "--config" in sys.argv:
    user = sys.stdin.read().partition("user = ")[2].strip()
    login = base64.b64encode(user.encode()).decode()
    request.add_header("Authorization", f"Basic {login}")
print(urllib.request.urlopen(request).read().decode())
