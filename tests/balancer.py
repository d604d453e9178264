"""nginx as a balancer before several services, until the end of the with block"""
import pathlib
import shutil
import signal
import subprocess
import tempfile

from service import free_port, until
from wire import Wire

NGINX = "/usr/sbin/nginx"
# A service that is told to end closes what is idle, so a request may meet a connection that is closing: it goes to the next one. That is safe for
# writes as well, which carry a key or say which state they change.
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream services {{
{upstreams}
    keepalive 16;
  }}
  server {{
    listen 127.0.0.1:{port};
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
}}
"""


class Balancer:
    def __init__(self, ports):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._ports = ports

    def __enter__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="claimd-balancer."))
        file = self._configure(self._ports)
        self._folder.chmod(0o755)
        self._process = subprocess.Popen([NGINX, "-p", self._folder, "-c", file, "-e", self._folder / "error.log"],
                                         stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._is_up, 5, "the balancer is up")
        return self

    def _configure(self, ports):
        upstreams = "\n".join(f"    server 127.0.0.1:{port} max_fails=0;" for port in ports)
        file = self._folder / "nginx.conf"
        file.write_text(CONFIGURATION.format(folder=self._folder, port=self.port, upstreams=upstreams))
        return file

    def _workers(self):
        return set(pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split())

    def send_to(self, ports):
        """From now on these services and no others get requests; returns when the last one that was under way is answered."""
        before = self._workers()
        self._configure(ports)
        self._process.send_signal(signal.SIGHUP)
        until(lambda: self._workers() and not self._workers() & before, 30, "the balancer goes by its new file")

    def _is_up(self):
        try:
            Wire(self.port).socket.close()
        except OSError:
            return False
        return True

    def log(self):
        return (self._folder / "error.log").read_text()

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self._folder)
