"""What the demonstration holds, asked over the API as programme staff."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.e2e.visiting import PASSWORD, STAFF

Item = dict[str, Any]


class MissingExampleError(LookupError):
    """The demonstration has nothing of this kind, so a page cannot be looked at."""


class Demo:
    """Examples of everything that a page can show."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._answers: dict[str, Any] = {}

    def get(self, path: str, **query: Any) -> Any:
        """What the API answers; asked once."""
        whole = path + ("?" + urlencode(query, doseq=True) if query else "")
        if whole not in self._answers:
            self._answers[whole] = self._ask("GET", whole)
        return self._answers[whole]

    def all(self, path: str, **query: Any) -> list[Item]:
        """A whole list."""
        items: list[Item] = self.get(path, limit=500, **query)["items"]
        return items

    def one(self, path: str, **query: Any) -> Item:
        """The first of a list.

        Raises:
            MissingExampleError: The list is empty.
        """
        items = self.get(path, limit=1, **query)["items"]
        if not items:
            raise MissingExampleError(f"{path} {query}")
        found: Item = items[0]
        return found

    def which(self, path: str, **values: Any) -> Item:
        """The first of a list whose entries have these values.

        Raises:
            MissingExampleError: None has them.
        """
        for item in self.all(path):
            if all(item[name] == value for name, value in values.items()):
                return item
        raise MissingExampleError(f"{path} with {values}")

    def call(self, **query: Any) -> Item:
        """A call."""
        return self.one("/calls", **query)

    def round(self, *, is_closed: bool) -> Item:
        """A monitoring round."""
        return self.one("/rounds", is_closed=str(is_closed).lower())

    def record(self, *, is_recorded: bool) -> Item:
        """What the open round asked an HDR: with a report, or still without."""
        where = f"/rounds/{self.round(is_closed=False)['round_id']}/records"
        return self.one(where, is_recorded=str(is_recorded).lower())

    def hdr(self, **query: Any) -> Item:
        """An HDR."""
        return self.one("/hdrs", **query)

    def summary(self, **query: Any) -> Item:
        """A summary."""
        return self.one("/summaries", **query)

    def cycle(self, **query: Any) -> Item:
        """An advisory cycle."""
        return self.one("/cycles", **query)

    @cached_property
    def sent_application(self) -> Item:
        """An application that was sent a moment ago, with its key."""
        call = self.call(state="OPEN", kind="PRO")
        return self._ask(
            "POST",
            f"/calls/{call['call_id']}/applications",
            {
                "applicant": {"full_name": "Wisława Próbna", "email": "wislawa@example.org"},
                "voivodeship": "06",
                "answers": {"experience": "Dziesięć lat.", "motivation": "Chcę doradzać."},
                "privacy_notice_version": call["privacy_notice_version"],
            },
        )

    @cached_property
    def draft(self) -> Item:
        """A call that somebody began to prepare."""
        edition = self.one("/editions")["edition_id"]
        terms = {"kind": "PRO", "slug": "szkic-naboru", "title": "Szkic naboru", "text": "Treść."}
        days = {"opens_on": "2030-01-07", "closes_on": "2030-01-31", "results_by": "2030-02-15"}
        office = {"contact_email": "nabor@example.org", "privacy_notice_version": "2030.1"}
        made: Item = self._ask("POST", "/calls", {"edition_id": edition, **terms, **days, **office})
        return made

    @cached_property
    def _token(self) -> str:
        answer = self._ask("POST", "/tokens", {"email": STAFF, "password": PASSWORD}, is_open=True)
        return str(answer["token"])

    def _ask(self, method: str, path: str, body: Any = None, *, is_open: bool = False) -> Any:
        headers = {"Content-Type": "application/json"}
        if not is_open:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.address}/api/v1{path}", data, headers, method=method)
        with urlopen(request, timeout=30) as response:
            return json.load(response)
