"""Steps that the use cases of HDRs and of summaries have in common."""

from __future__ import annotations

from uuid import UUID

from services.hdr import reference, templates
from services.hdr.domain.address import candidates
from services.hdr.domain.hdr import Hdr
from services.hdr.domain.summary import Summary
from services.hdr.domain.template import Template
from services.hdr.projections import addresses
from shared.contracts.base import DoneAnswer, JstRef
from shared.kernel.application import A, ServiceApplication
from shared.kernel.refusal import NotFoundError


class SharedSteps(ServiceApplication):
    """What both groups of use cases build on."""

    def _find(self, aggregate_class: type[A], aggregate_id: UUID) -> A | None:
        try:
            return self.load(aggregate_class, aggregate_id)
        except NotFoundError:
            return None

    def _done(self, aggregate: Hdr | Summary) -> DoneAnswer:
        self.save(aggregate)
        return DoneAnswer()

    def _as_now(self, jst: JstRef) -> JstRef:
        """The JST as the register has it now; as given while the register has not come here."""
        with self.database.reading() as connection:
            return reference.local_government(connection, jst.id) or jst

    def _free_address(self, kind: str, title: str, jst: JstRef, *, otherwise: str) -> str:
        with self.database.reading() as connection:
            return addresses.first_free(connection, kind, candidates(title, jst.name, otherwise))


def template_of(aggregate: Hdr | Summary) -> Template:
    """The template version that a document is written with."""
    kind = aggregate.form.value if isinstance(aggregate, Summary) else templates.HDR
    return templates.template(kind, aggregate.template_version)
