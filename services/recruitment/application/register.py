"""Use cases of the register of JST."""

from __future__ import annotations

from services.recruitment.domain.errors import JstClosedError, JstUnknownError
from services.recruitment.domain.local_government import LocalGovernment
from services.recruitment.domain.register_import import RegisterImport, compare
from services.recruitment.domain.teryt import parse_terc
from services.recruitment.projections.register import held, known_units, unit_with_code
from shared.contracts.base import JstRef
from shared.contracts.recruitment import ImportRegister, RegisterImportAnswer
from shared.kernel.application import ServiceApplication


class RegisterUseCases(ServiceApplication):
    """What can be asked about the register."""

    def import_register(self, request: ImportRegister) -> RegisterImportAnswer:
        """Take over one state of the official register, all of it or nothing.

        Raises:
            RegisterFileInvalidError: The file is broken; the problems are named.
            RegisterStateOlderError: A newer state was imported before.

        Records:
            ``recruitment.RegisterImportCompleted``; for each JST that changed
            ``recruitment.LocalGovernmentRegistered``, ``…Reopened``, ``…Renamed``,
            ``…KindChanged`` or ``…Closed``.
        """
        state = parse_terc(request.content)
        with self.database.reading() as connection:
            known, before = known_units(connection), held(connection)
        changes = compare(state, known, before, is_partial=request.is_partial)
        units = [LocalGovernment(jst=jst, state_on=state.state_on) for jst in changes.new]
        for jst_id, jst in changes.of_known.items():
            unit = self.load(LocalGovernment, jst_id)
            unit.take_over(jst, state.state_on)
            units.append(unit)
        for jst_id in changes.gone:
            unit = self.load(LocalGovernment, jst_id)
            unit.close(state.state_on)
            units.append(unit)
        done = RegisterImport.complete(state.state_on, changes, is_partial=request.is_partial)
        self.save(*units, done)
        return RegisterImportAnswer(
            import_id=done.id,
            state_on=done.state_on,
            registered=done.registered,
            renamed=done.renamed,
            kind_changed=done.kind_changed,
            closed=done.closed,
            unchanged=done.unchanged,
        )

    def registered_jst(self, code: str) -> JstRef:
        """The JST that has this code now.

        Raises:
            JstUnknownError: None has it, though one may have had it before its kind changed.
            JstClosedError: It was abolished.
        """
        with self.database.reading() as connection:
            unit = unit_with_code(connection, code)
        if unit is None:
            raise JstUnknownError(field="jst_code", jst_code=code)
        if unit.is_closed:
            raise JstClosedError(
                field="jst_code", jst_code=code, closed_on=unit.state_on.isoformat()
            )
        return unit.jst
