"""Loads the demonstration: the register, the edition of 2019–2020, a present one, and logins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from importlib import resources
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import select

from platform_cli.demo.edition import EditionLoader, Phase, at_days
from platform_cli.demo.steps import Steps
from services.gateway.accounts import create_account, list_accounts
from services.gateway.projections.editions import editions
from services.gateway.projections.local_governments import local_governments
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.kernel.rpc import RpcClient

PASSWORD = "doradztwo-demo"  # noqa: S105 -- of made-up people, in the demonstration only
REGISTER_DAY = date(2019, 1, 2)


def load_demo(database: Database, rpc: RpcClient, console: Console) -> bool:
    """Load the demonstration into a running platform; goes on where an earlier load stopped.

    Args:
        database: The gateway's own.
        rpc: How the services are asked.
        console: Shows the progress.

    Returns:
        Whether anything was loaded; ``False`` when it is there already.
    """
    if is_loaded(database):
        return False
    today = _day_of_loading(database)
    history = _story_of_history()
    present = _story_of_present(today)
    areas, stages = _read("areas.json")["areas"], _stages()
    with Progress(
        TextColumn("Loading the demonstration: {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task("register", total=None)
        steps = Steps(rpc, database, "demo")
        steps.do(
            "register",
            REGISTER_DAY,
            "recruitment",
            "import_register",
            content=_text("register.csv"),
            is_partial=True,
        )
        loaders = [
            EditionLoader(Steps(rpc, database, f"demo-{name}"), data, areas, stages, today)
            for name, data in (("history", history), ("present", present))
        ]
        phases: list[Phase] = [phase for loader in loaders for phase in loader.phases()]
        progress.update(task, total=sum(len(items) for _, items, _ in phases))
        for description, items, carry_out in phases:
            progress.update(task, description=description)
            for item in items:
                carry_out(item)
                progress.advance(task)
        for loader in loaders:
            loader.settle()
    _create_accounts(database, {"history": loaders[0], "present": loaders[1]}, _experts_by_email())
    return True


def is_loaded(database: Database) -> bool:
    """Whether the demonstration is there; its logins are made last."""
    accounts, _ = list_accounts(database, text=_read("accounts.json")["accounts"][0]["email"])
    return bool(accounts)


def print_logins(console: Console) -> None:
    """Print the made-up people's logins."""
    table = Table(title=f"Demonstration logins (password of all: {PASSWORD})")
    table.add_column("login", no_wrap=True)
    table.add_column("role")
    table.add_column("sees")
    for account in _read("accounts.json")["accounts"]:
        sees = ", ".join(account.get("voivodeships", account.get("jst_codes", [])))
        table.add_row(account["email"], account["role"], sees)
    console.print(table)


def _text(name: str) -> str:
    return (resources.files("platform_cli.demo") / "data" / name).read_text(encoding="utf-8")


def _read(name: str) -> Any:
    return json.loads(_text(name))


def _stages() -> dict[str, Any]:
    given = _read("stages.json")
    return {
        stage["code"]: {"code": stage["code"], "name": stage["name"]}
        for stage in [*given["stages"], *given["optional"]]
    }


def _day_of_loading(database: Database) -> date:
    """Today; the day of the first attempt where an earlier one was broken off."""
    edition = _read("present.json")["edition"]
    with database.reading() as connection:
        row = connection.execute(
            select(editions.c.starts_on).where(editions.c.slug == edition["slug"])
        ).one_or_none()
    if row is None:
        return Clock().today()
    starts_on: date = row.starts_on
    return starts_on - timedelta(days=edition["starts_in_days"])


def _story_of_history() -> dict[str, Any]:
    """The finished edition in the common shape."""
    h = _read("history.json")
    applications = {
        "JST": [_jst_application(jst, "QUALIFIED") for jst in h["jst"]]
        + [_jst_application(jst, jst["decision"]) for jst in h["jst_not_qualified"]],
    }
    for role in ("ROS", "PRO"):
        applications[role] = [
            {
                **expert,
                "key": str(number),
                "jst_code": expert["employer_jst_code"],
                "status": expert["decision"],
            }
            for number, expert in enumerate(h["experts"])
            if expert["role"] == role
        ]
    calls = []
    for call in h["calls"]:
        submitted = _between(call["opens_on"], call["closes_on"])
        calls.append(
            {
                **call,
                "status": "results_published",
                "applications": [
                    {**a, "submitted_on": submitted} for a in applications[call["kind"]]
                ],
            }
        )
    teams = [
        {
            **t,
            "ros": str(t["ros"]),
            "pro": str(t["pro"]),
            "assigned_on": dict.fromkeys(t["jst"], h["edition"]["teams_formed_on"]),
        }
        for t in h["teams"]
    ]
    trainings = [
        {
            **t,
            "is_completed": True,
            "participants": [str(p) for p in t["participants"]],
            "absences": {key: [str(p) for p in absent] for key, absent in t["absences"].items()},
        }
        for t in h["trainings"]
    ]
    cycles = [_history_cycle(jst, number, h["edition"]) for number, jst in enumerate(h["jst"])]
    monitoring = {**h["monitoring"], "closed_on": h["monitoring"].get("closed_on", "2020-12-31")}
    return {
        **h,
        "calls": calls,
        "teams": teams,
        "trainings": trainings,
        "cycles": cycles,
        "monitoring": monitoring,
    }


def _between(first: str, last: str) -> str:
    a, b = date.fromisoformat(first), date.fromisoformat(last)
    return (a + (b - a) / 2).isoformat()


def _jst_application(jst: Mapping[str, Any], decision: str) -> dict[str, Any]:
    applicant = jst["applicant"]
    return {
        "key": jst["code"],
        "full_name": applicant["full_name"],
        "email": applicant["email"],
        "jst_code": jst["code"],
        "answers": {**jst["answers"], "function": applicant["function"]},
        "status": decision,
        "check_passed": jst.get("check_passed", True),
        "decision": decision,
        "decision_reason": jst.get("decision_reason", "Spełnia wymagania naboru."),
        "reserve_rank": jst.get("reserve_rank"),
    }


def _history_cycle(
    jst: Mapping[str, Any], number: int, edition: Mapping[str, Any]
) -> dict[str, Any]:
    """A cycle of 2019 with its HDR published in early 2020, one after the other."""
    document = _read(jst["hdr"])
    published = date.fromisoformat(edition["hdr_published_on"])
    shift = timedelta(days=number % 10)
    return {
        "jst_code": jst["code"],
        "stages_closed": {
            "AREA_CHOICE": (date(2019, 5, 20) + shift).isoformat(),
            "DIAGNOSIS": (date(2019, 6, 24) + shift).isoformat(),
            "DIRECTIONS": (date(2019, 9, 10) + shift).isoformat(),
        },
        "area_code": jst["area_code"],
        "area_reason": "",
        "candidate_area_codes": jst["other_area_codes"],
        "diagnosis": document["diagnosis_summary"],
        "priorities": [priority["name"] for priority in document["priorities"]],
        "directions": document["implementation_directions"],
        "management_tools": [
            {"name": tool["name"], "reason": tool["reason"]}
            for tool in document["management_tools"]
        ],
        "activities": [
            {"note": "", "status": "HELD", **activity} for activity in jst["activities"]
        ],
        "hdr": {
            "state": "PUBLISHED",
            "document": document,
            "draft_omits": [],
            "returned": None,
            "submitted_on": (date(2019, 9, 5) + shift).isoformat(),
            "published_on": published.isoformat(),
        },
    }


def _story_of_present(today: date) -> dict[str, Any]:
    """The running edition in the common shape, its days counted from ``today``."""
    p: dict[str, Any] = at_days(_read("present.json"), today)
    for call in p["calls"]:
        call["results_by"] = call["results_on"]
        call["training_dates"] = call["training_on"]
        for application in call["applications"]:
            if application.get("function"):
                application["answers"] = {
                    **application["answers"],
                    "function": application["function"],
                }
    return p


def _experts_by_email() -> dict[str, str]:
    """Key of the application by its e-mail address, over both editions."""
    found = {
        a["email"]: a["key"]
        for call in _read("present.json")["calls"]
        for a in call["applications"]
    }
    return found | {
        expert["email"]: str(number)
        for number, expert in enumerate(_read("history.json")["experts"])
    }


def _create_accounts(
    database: Database, loaders: Mapping[str, EditionLoader], experts: Mapping[str, str]
) -> None:
    """Open the made-up people's accounts; the programme staff's first one last."""
    with database.reading() as connection:
        rows = connection.execute(select(local_governments.c.code, local_governments.c.jst_id))
        jst_ids: dict[str, UUID] = {row.code: row.jst_id for row in rows}
    existing = {account.email for account in list_accounts(database, limit=500)[0]}
    for account in reversed(_read("accounts.json")["accounts"]):
        if account["email"] in existing:
            continue
        expert_id = None
        if account["role"] == "expert":
            loader = loaders[account["edition"]]
            application = loader.applications[experts[account["expert_email"]]]
            expert_id = UUID(loader.experts[application])
        create_account(
            database,
            account["email"],
            PASSWORD,
            account["full_name"],
            [account["role"]],
            voivodeships=account.get("voivodeships", ()),
            expert_id=expert_id,
            jst_ids=[jst_ids[code] for code in account.get("jst_codes", ())],
        )
