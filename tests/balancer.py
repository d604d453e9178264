"""nginx as a balancer before several services, until the end of the with block"""
from nginx import Nginx

# A service that is told to end closes what is idle, so a request may meet a connection that is closing: it goes to the next one. That is safe for
# writes as well, which carry a key or say which state they change. What a client loses is the services' doing, as nginx itself ends no connection
# for having had its thousandth request.
HTTP = """
  upstream services {{
{upstreams}
    keepalive 16;
  }}
  server {{
    listen 127.0.0.1:PORT;
    keepalive_requests 1000000;
    location / {{
      proxy_pass http://services;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_buffering off;
      proxy_next_upstream error timeout non_idempotent;
      proxy_connect_timeout 1s;
    }}
  }}
"""


def to(ports):
    return HTTP.format(upstreams="\n".join(f"    server 127.0.0.1:{port} max_fails=0;" for port in ports))


class Balancer(Nginx):
    def __init__(self, ports):
        super().__init__(to(ports))

    def send_to(self, ports):
        """From now on these services and no others get requests; returns when the last one that was under way is answered."""
        self.reload(to(ports))
