"""The health check of a container, without Django: it runs every few seconds.

python deploy/healthcheck.py http 8000     /healthz answers
python deploy/healthcheck.py heartbeat 30  the worker, or beat, has been at work within so many seconds
"""

import os
import sys
import time
import urllib.request

kind, value = sys.argv[1], int(sys.argv[2])
if kind == "http":
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip(" .*") or "localhost"
    request = urllib.request.Request(f"http://127.0.0.1:{value}/healthz", headers={"Host": host})
    no_proxy = urllib.request.ProxyHandler({})  # HTTP_PROXY is for the world, this container asks itself
    urllib.request.build_opener(no_proxy).open(request, timeout=4)
else:
    age = time.time() - os.stat(os.environ["HEARTBEAT_FILE"]).st_mtime  # noqa: PTH116 - a fast start is the point
    if age > value:
        sys.exit(f"no sign of life for {age:.0f} s")
