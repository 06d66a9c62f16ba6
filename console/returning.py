"""Restores the page and the typed values after a session has ended and the user has signed in again.

A POST request is not executed, because another user may sign in. Its fields are put into the page's form instead, so
that the user can send it again.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from console import flash

# The pages to return to. Other URLs are actions, downloads, or parts of a page.
PAGES = {
    "inbox", "canned", "threads", "thread", "queue", "corrections", "unanswered", "open_questions", "statistics",
    "erase", "receipt", "audit", "state", "help", "account", "enrol", "team",
}  # fmt: skip
# Views that an open page calls by itself, without a user's action.
BACKGROUND = {"presence", "be_present", "activity"}
# The session's key for the page that the second factor leads back to.
NEXT = "next"
# Maximum number of characters of all fields together. A note has at most 1,000.
MAX_KEPT = 8_000
ENDED = "Votre session s’était terminée\u00a0: rien n’a été enregistré."
AGAIN = f"{ENDED} Ce que vous aviez choisi ou écrit est de nouveau là\u00a0; envoyez-le encore une fois."


def page_of(request: HttpRequest) -> str:
    """The page (path and query) that sent this request, from the browser's headers, or else from the request's path."""
    own = request.get_full_path()
    if request.method == "GET" and is_page(request.path) and not request.htmx:  # type: ignore[attr-defined]
        return own
    named = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    split = urlsplit(named)
    if split.netloc == request.get_host() and (found := _page_above(split.path)):
        return _with_query(found, split.query if found == split.path else "")
    return _with_query(_page_above(request.path) or reverse("console:threads"), request.META["QUERY_STRING"])


def keep(request: HttpRequest, page: str) -> None:
    """Store this request's fields in the session until the page is shown again."""
    if request.method == "GET" and (request.htmx or is_page(request.path)):  # type: ignore[attr-defined]
        return
    if request.resolver_match and request.resolver_match.url_name in BACKGROUND:
        return
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    fields = [(name, value.replace("\0", "")) for name, value in fields if name != "csrfmiddlewaretoken"]
    if sum(len(name) + len(value) for name, value in fields) > MAX_KEPT:
        fields = []
    text = AGAIN if fields else f"{ENDED} Pressez de nouveau le bouton."
    flash.keep_form(request, text, urlsplit(page).path, request.get_full_path() if fields else "", fields)


def _page_above(path: str) -> str:
    """The nearest page above: « conversations/5/noter » is on « conversations/5/ ». Empty outside the console."""
    root = reverse("console:threads")
    while path.startswith(root):
        if is_page(path):
            return path
        path = path.rstrip("/").rpartition("/")[0] + "/"
    return ""


def is_page(path: str) -> bool:
    """Whether this is the path of a page to return to."""
    try:
        found = resolve(path)
    except Resolver404:
        return False
    return found.app_name == "console" and found.url_name in PAGES


def _with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
