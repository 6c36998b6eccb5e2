"""A person at a browser without scripts: signs in, opens pages, fills in their forms."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.unit.gateway.apps import an_app
from tests.unit.gateway.programme import PASSWORD, Programme

TAG = re.compile(r"<(input|textarea|select|option|button)\b([^>]*)>", re.DOTALL)
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


class Visitor:
    """Somebody who is signed in, in one language."""

    def __init__(self, app: Flask, person: str, language: str = "en") -> None:
        self.client = app.test_client()
        self.language = language
        page = self.get("/logowanie")
        fields = fields_of(page.text)
        fields["email"], fields["password"] = f"{person}@example.org", PASSWORD
        answer = self.client.post("/logowanie", data=fields)
        assert answer.status_code == 303, answer.text

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        separator = "&" if "?" in path else "?"
        return self.client.get(f"{path}{separator}lang={self.language}")

    def see(self, path: str, *texts: str) -> str:
        """Open a page that is there and says these texts."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[-2000:]}"
        for text in texts:
            assert text in unescape(answer.text), f"{path} does not say {text!r}"
        return answer.text

    def fill(self, path: str, **values: Any) -> TestResponse:
        """Open a form's page, change some fields and send it; dots in names are ``__``."""
        page = self.see(path)
        fields = fields_of(page)
        for name, value in values.items():
            field = name.replace("__", ".")
            if isinstance(value, list):
                fields.setlist(field, value)
            else:
                fields[field] = value
        return self.client.post(path, data=fields)

    def do(self, path: str, **values: Any) -> str:
        """Send a form that has to succeed; the page after it."""
        answer = self.fill(path, **values)
        assert answer.status_code == 303, problems_of(answer)
        page = self.get(_local(answer.headers["Location"]))
        assert page.status_code == 200
        assert "govuk-notification-banner--success" in page.text
        return unescape(page.text)

    def be_refused(self, path: str, status: int, *texts: str, **values: Any) -> str:
        """Send a form that has to be refused, with an error summary that says these texts."""
        answer = self.fill(path, **values)
        assert answer.status_code == status, problems_of(answer)
        page = unescape(answer.text)
        assert "govuk-error-summary" in page
        for text in texts:
            assert text in page, problems_of(answer)
        return page

    def be_overtaken(self, path: str, *, theirs: dict[str, Any], mine: dict[str, Any]) -> Any:
        """Open a form, let somebody else send it first, send it: refused, and what is shown.

        Sending the refused page once more has to succeed.

        Returns:
            What somebody else saved, as shown, and the fields of the refused form.
        """
        old = fields_of(self.see(path))
        self.do(path, **theirs)
        for name, value in mine.items():
            old.setlist(name, value if isinstance(value, list) else [value])
        refused = self.client.post(path, data=old)
        assert refused.status_code == 409, problems_of(refused)
        page = unescape(refused.text)
        assert "Somebody else saved meanwhile:" in page
        fields = fields_of(refused.text)
        again = self.client.post(path, data=fields)
        assert again.status_code == 303, problems_of(again)
        seen = page.partition("What somebody else saved meanwhile")[2].partition("<form")[0]
        return re.sub(r"<[^>]+>|\s+", " ", seen), fields


def the_whole_app(programme: Programme) -> Flask:
    """All pages over the programme's platform."""
    return an_app(
        programme.settings, database=programme.rpc.gateway, rpc=programme.rpc,
        clock=programme.clock,
    )  # fmt: skip


def fields_of(page: str) -> MultiDict[str, str]:
    """What the page's main form would send if its first button were not pressed."""
    form = max(re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL), key=len)
    fields: MultiDict[str, str] = MultiDict()
    select = ""
    for tag, raw in TAG.findall(form):
        given = {name: unescape(value) for name, value in ATTRIBUTE.findall(raw)}
        name = given.get("name", "")
        if tag == "select":
            select = name
        elif tag == "option" and "selected" in given:
            fields.add(select, given.get("value", ""))
        elif tag == "input" and name:
            is_box = given.get("type") in {"radio", "checkbox"}
            if not is_box or "checked" in given:
                fields.add(name, given.get("value", "on" if is_box else ""))
    for raw, text in re.findall(r"<textarea([^>]*)>(.*?)</textarea>", form, re.DOTALL):
        given = dict(ATTRIBUTE.findall(raw))
        fields.add(given["name"], unescape(text).removeprefix("\n"))
    return fields


def problems_of(answer: TestResponse) -> str:
    """What a refused page says in its error summary, for a failing test."""
    found = re.search(r"govuk-error-summary.*?</ul>", answer.text, re.DOTALL)
    text = found[0] if found else answer.text[-1500:]
    return f"{answer.status_code}: {unescape(re.sub(r'<[^>]+>', ' ', text))}"


def _local(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
