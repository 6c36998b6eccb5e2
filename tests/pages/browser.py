"""Reads pages as a person without scripts does: follows links, fills in forms, keeps cookies."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = {"tag": tag, "text": "", **{name: value or "" for name, value in attrs}}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            if self.open.pop()["tag"] == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1]["tag"] in {"script", "style"}:
            return
        self.texts.append(data)
        for element in self.open:
            element["text"] += data


class Page:
    """One answer, read."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.text
        parser = _Parser()
        parser.feed(self.html)
        self.elements = parser.elements
        self.text = squeeze(" ".join(parser.texts))

    def all(self, tag: str, **attributes: str) -> list[dict[str, Any]]:
        """Elements by tag and attributes; ``class_`` for one of the classes."""
        wanted = attributes.pop("class_", None)
        return [
            element
            for element in self.elements
            if element["tag"] == tag
            and all(element.get(name) == value for name, value in attributes.items())
            and (wanted is None or wanted in element.get("class", "").split())
        ]

    @property
    def heading(self) -> str:
        (heading,) = self.all("h1")
        return squeeze(heading["text"])

    @property
    def links(self) -> dict[str, str]:
        """Addresses by the text of the link."""
        return {squeeze(link["text"]): link["href"] for link in self.all("a") if "href" in link}

    @property
    def errors(self) -> dict[str, str]:
        """The error summary: what is wrong, and the anchor it leads to."""
        summaries = self.all("ul", class_="govuk-error-summary__list")
        if not summaries:
            return {}
        block = re.search(r'govuk-error-summary__list">(.*?)</ul>', self.html, re.DOTALL)
        entries = re.findall(r"<li>(.*?)</li>", block.group(1) if block else "", re.DOTALL)
        found = {}
        for entry in entries:
            link = re.search(r'href="([^"]*)"', entry)
            text = squeeze(html.unescape(re.sub(r"<[^>]*>", "", entry)))
            found[text] = link.group(1) if link else ""
        return found

    @property
    def fields(self) -> dict[str, str]:
        """What stands in the fields of the page's posted form."""
        filled = {}
        for field in self.all("input"):
            is_choice = field.get("type") in {"radio", "checkbox"}
            if "name" in field and (not is_choice or "checked" in field):
                filled[field["name"]] = field.get("value", "")
        for field in self.all("textarea"):
            filled[field["name"]] = field["text"]
        return filled


class Browser:
    """One person's browser, without scripts."""

    def __init__(self, app: Flask, language: str | None = "pl") -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": language} if language else {}
        self.address = "/"
        self.page: Page

    def get(self, address: str) -> Page:
        """Open an address and follow where it leads."""
        return self._read(self.client.get(address, headers=self.headers))

    def post(self, address: str | None = None, **fields: str) -> Page:
        """Send the form of the page that is open, with these fields filled in."""
        values = self.page.fields | {name.replace("__", "."): v for name, v in fields.items()}
        return self._read(
            self.client.post(address or self.address, data=values, headers=self.headers)
        )

    def follow(self, text: str) -> Page:
        """Click a link by its text."""
        return self.get(urljoin(self.address, self.page.links[text]))

    def _read(self, response: TestResponse) -> Page:
        for _ in range(5):
            self.address = _path(response.request.full_path)
            if response.status_code not in {301, 302, 303}:
                break
            target = urljoin(self.address, response.headers["Location"])
            response = self.client.get(_path(target), headers=self.headers)
        self.page = Page(response)
        return self.page


def squeeze(text: str) -> str:
    """Text with single spaces."""
    return " ".join(text.split())


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
