"""visit.py PORT COUNT: sends requests of made-up visitors to a site on 127.0.0.1."""
import http.client
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import traffic  # noqa: E402

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
for method, target, headers in traffic.visitors(int(sys.argv[2])):
    try:
        connection.request(method, target, headers=headers)
        connection.getresponse().read()
    except http.client.RemoteDisconnected:  # the server ends a connection after a hundred requests
        connection.close()
        connection.request(method, target, headers=headers)
        connection.getresponse().read()
