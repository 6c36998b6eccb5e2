"""Taking over an event costs the same however much there is already."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from services.gateway.projections.registry import VIEWS
from tests.unit.gateway.projections.showing import show, shown
from tests.unit.gateway.projections.stories import a_whole_story


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_no_handler_reads_a_whole_table(view):
    statements: dict[str, Any] = {}

    def keep(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        statements.setdefault(statement, values)

    with shown([]) as connection:
        event.listen(connection, "before_cursor_execute", keep)
        show(connection, a_whole_story().told, view)
        event.remove(connection, "before_cursor_execute", keep)
        plans = {
            statement: [
                row.detail
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]
            for statement, values in statements.items()
        }

    scans = {
        statement: plan
        for statement, plan in plans.items()
        if any(detail.startswith("SCAN") for detail in plan)
    }
    assert statements
    assert scans == {}
