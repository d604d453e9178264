"""A shared cache (RFC 9111) in front of the service: nginx, as operators put it there"""
import contextlib

import requests

from nginx import Nginx
from service import Service

HTTP = """
  proxy_cache_path cache keys_zone=answers:1m;
  server {{
    listen 127.0.0.1:PORT;
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_cache answers;
      proxy_cache_revalidate on;
      add_header X-Cache $upstream_cache_status always;
    }}
  }}
"""


class Cache(Nginx):
    """One between a client and the service."""

    def __init__(self, service):
        super().__init__(HTTP.format(upstream=service.port))
        self.service = service
        self._session = requests.Session()
        self._session.trust_env = False

    def __exit__(self, *_):
        self._session.close()
        super().__exit__()

    def get(self, target, method="GET", **headers):
        """Header names with underscores for hyphens."""
        fields = {"Accept-Encoding": "identity", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self._session.request(method, self.base + target, headers=fields, timeout=10)

    def statuses(self, target, *fields):
        """What the cache says that it did for each of the requests, one after the other."""
        return [self.get(target, **each).headers["X-Cache"] for each in fields]


@contextlib.contextmanager
def cached(database_url, *flags):
    with Service(database_url, "--threads", "1", "--log-requests", *flags) as service, Cache(service.answers()) as cache:
        yield cache
