"""An agent of the console, over plain HTTP with a cookie jar."""

import random
import re
import string
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from harness.chat_client import Answer
from harness.processes import Processes


class ConsoleClient:
    """One browser session of one account."""

    def __init__(self, web_url: str) -> None:
        self.web_url = web_url
        self.cookies = CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies)).open

    @classmethod
    def signed_in(cls, processes: Processes, role: str) -> "ConsoleClient":
        """Sign in with a new account of this role."""
        password = processes.manage("console_user", f"agent-{role}", "--role", role).strip()
        client = cls(processes.web_url)
        answer = client.post("connexion/", username=f"agent-{role}", password=password)
        assert answer.status == 200, answer.raw
        return client

    def get(self, path: str = "", **headers: str) -> Answer:
        return self._call(urllib.request.Request(f"{self.web_url}/console/{path}", headers=headers))

    def post(self, path: str, *, to: str = "", **fields: str) -> Answer:
        """Post the form of the page `to` (by default the page of the same path) with its CSRF token."""
        if not self._token():
            self.get(to or path)
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self._token(), **fields}).encode()
        return self._call(urllib.request.Request(f"{self.web_url}/console/{path}", body))

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken"), "")

    def _call(self, request: urllib.request.Request) -> Answer:
        try:
            with self._open(request, timeout=60) as answer:
                return Answer(answer.status, dict(answer.headers) | {"url": answer.url}, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read())


def threads_in(page: bytes) -> list[int]:
    """The numbers of the conversations that a page links to, in order."""
    found = re.findall(rb'href="/console/conversations/(\d+)/', page)
    return list(dict.fromkeys(int(number) for number in found))


def new_word() -> str:
    """A word that no other conversation contains. Letters only, because a word with many digits would be masked."""
    return "zz" + "".join(random.choices(string.ascii_lowercase, k=12))
