"""nginx in front of services, until the end of the with block"""
import pathlib
import shutil
import signal
import subprocess
import tempfile

from service import free_port, until
from wire import Wire

NGINX = "/usr/sbin/nginx"
CONFIGURATION = """
daemon off;
worker_processes 1;
pid pid;
error_log error.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
{http}
}}
"""


class Nginx:
    """`http`: the block of that name, where PORT stands for the one to listen on; paths are relative to a folder of its own."""

    def __init__(self, http):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._http = http

    def __enter__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="claimd-nginx."))
        self._folder.chmod(0o755)
        self._configure(self._http)
        self._process = subprocess.Popen([NGINX, "-p", self._folder, "-c", self._folder / "nginx.conf", "-e", self._folder / "error.log"],
                                         stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._is_up, 5, "nginx is up")
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self._folder)

    def _configure(self, http):
        (self._folder / "nginx.conf").write_text(CONFIGURATION.format(http=http.replace("PORT", str(self.port))))

    def _workers(self):
        return set(pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split())

    def reload(self, http):
        """Goes by another block from now on; returns when the last request that was under way by the one before is answered."""
        before = self._workers()
        self._configure(http)
        self._process.send_signal(signal.SIGHUP)
        until(lambda: self._workers() and not self._workers() & before, 30, "nginx goes by its new file")

    def _is_up(self):
        try:
            Wire(self.port).socket.close()
        except OSError:
            return False
        return True

    def log(self):
        return (self._folder / "error.log").read_text()
