"""Pages while the service is being upgraded: their files are one build's, and another answers for those of its own alone"""
import http.server
import threading
import time

import pytest
import requests


class Between(http.server.BaseHTTPRequestHandler):
    """Passes all on to the service, but for the file of the form, which is not there so many times."""

    def do_GET(self):
        self.server.asked.append(self.path)
        gone = self.path.startswith("/web/edit-") and self.server.missing > 0
        self.server.missing -= gone
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(self.server.base + ("/web/edit-AAAAAAAA.js" if gone else self.path), timeout=20, headers={"Accept": self.headers["Accept"]})
        self.send_response(answer.status_code)
        for name in ("Content-Type", "Cache-Control"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def between(service):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between) as server:
        server.base, server.asked, server.missing = service.base, [], 0
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.fixture
def visitor(at, between):
    reader = at(f"http://127.0.0.1:{between.server_port}")
    reader.expects("404 (Not Found)")
    return reader


def form(reader):
    return reader.all("button", "Save")


def test_page_whose_file_is_gone_is_loaded_anew(visitor, between):
    visitor.open("/")
    between.missing = 1
    visitor.run("document.querySelector('footer a[href=\"/edit\"]').click()")
    visitor.until(lambda: form(visitor), "form")
    assert between.asked.count("/edit") == 2 and visitor.all("alert") == []  # its head, and then all of it


def test_it_is_loaded_anew_once(visitor, between):
    between.missing = 99
    visitor.driver.get(visitor.base + "/edit")  # which does not come to rest before it has been loaded anew
    visitor.until(lambda: [each for each in visitor.all("alert") if "could not be shown" in each.text], "word that the page cannot be shown")
    loads = len(between.asked)
    time.sleep(1)
    assert len(between.asked) == loads
    between.missing = 0
    visitor.find("button", "Load it again").click()
    visitor.until(lambda: form(visitor), "form")


def test_one_without_a_network_keeps_the_page(visitor, between):
    visitor.expects("ERR_INTERNET_DISCONNECTED")
    visitor.open("/").network(offline=True)
    visitor.run("document.querySelector('footer a[href=\"/edit\"]').click()")
    visitor.until(lambda: [each for each in visitor.all("alert") if "cannot be reached" in each.text], "word that the service is out of reach")
    visitor.network()
    visitor.click("button", "Try again")
    visitor.until(lambda: form(visitor), "form")
