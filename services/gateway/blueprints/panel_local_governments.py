"""JST: the register to look one up in, and the card with everything about one of them."""

from __future__ import annotations

from flask import render_template

from services.gateway import happenings, labels
from services.gateway.accounts import Role
from services.gateway.auth import principal
from services.gateway.i18n import gettext as _
from services.gateway.pages import Filter, Filters, Paging
from services.gateway.panel import (
    Answered,
    area,
    csv_answer,
    expert_names,
    found,
    kind_filter,
    kind_of,
    narrowed,
    read_list,
    reading,
    region_filter,
    wants_csv,
)
from services.gateway.projections.applications import ApplicationFilter, list_applications
from services.gateway.projections.cycles import CycleFilter, list_cycles, stages_of
from services.gateway.projections.hdrs import HdrFilter, list_hdrs
from services.gateway.projections.local_governments import JstFilter, find_jst, search_jst
from services.gateway.projections.monitoring import RecordFilter, list_records
from services.gateway.projections.summaries import SummaryFilter, list_summaries
from services.gateway.projections.timeline import TimelineFilter, timeline
from shared.contracts.recruitment import CallKind

blueprint = area("local_governments")


@blueprint.get("/panel/jst")
def list_local_governments() -> Answered:
    """The register of JST of the reader's regions."""
    filters = Filters(
        (
            Filter("szukaj", _("Name, county or TERYT code")),
            kind_filter(),
            region_filter(),
            Filter("wygasle", _("Abolished units"), (("", _("left out")), ("tak", _("shown")))),
        )
    )
    rows, paging = read_list(
        search_jst,
        narrowed(
            JstFilter,
            text=filters["szukaj"],
            kind=kind_of(filters),
            voivodeship=filters["woj"],
            includes_closed=filters["wygasle"] == "tak",
        ),
    )
    if wants_csv():
        return csv_answer(
            "jst",
            (_("TERYT code"), _("Name"), _("Kind"), _("County"), _("Voivodeship"), _("Abolished")),
            (
                (
                    row.jst.code,
                    row.jst.name,
                    labels.jst_kind(row.jst),
                    row.jst.county,
                    labels.voivodeship(row.jst.voivodeship),
                    _("yes") if row.is_closed else _("no"),
                )
                for row in rows
            ),
        )
    return render_template("local_governments/list.html", filters=filters, rows=rows, paging=paging)


@blueprint.get("/panel/jst/<jst_code>")
def show_jst(jst_code: str) -> str:
    """The card of a JST: data, cycles with their stages, team, HDR, monitoring, summary, story."""
    with reading() as connection:
        row = found(find_jst(connection, jst_code), "jst", jst_code)
        own = row.jst.id
        cycles = list_cycles(connection, CycleFilter(jst_id=own, limit=None)).rows
        stages = {cycle.cycle_id: stages_of(connection, cycle.cycle_id) for cycle in cycles}
        hdrs = list_hdrs(connection, HdrFilter(jst_id=own, limit=None)).rows
        records = list_records(connection, RecordFilter(jst_id=own, limit=None)).rows
        summaries = list_summaries(connection, SummaryFilter(jst_id=own, limit=None)).rows
        applications = (
            list_applications(
                connection, ApplicationFilter(jst_id=own, kind=CallKind.JST, limit=None)
            ).rows
            if principal().has(Role.PROGRAMME_STAFF, Role.COORDINATOR)
            else ()
        )
        paging = Paging(timeline(connection, own, TimelineFilter(limit=1)).total)
        story = timeline(
            connection, own, TimelineFilter(offset=paging.offset, limit=paging.limit)
        ).rows
    return render_template(
        "local_governments/card.html",
        row=row,
        jst=row.jst,
        cycles=cycles,
        stages=stages,
        experts=expert_names(id_ for cycle in cycles for id_ in cycle.expert_ids),
        hdrs=hdrs,
        records=records,
        summaries=summaries,
        applications=applications,
        story=[(entry, None) for entry in story],
        paging=paging,
        sentence=happenings.sentence,
        target=happenings.target,
    )
