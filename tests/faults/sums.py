"""A view of the gateway's kind over the sample services' events."""

from sqlalchemy import BigInteger, Column, MetaData, Table, Uuid
from sqlalchemy.dialects.postgresql import insert

from services.gateway.projections import View
from shared.kernel.projection import handles
from tests.samples.parts import AmountAdded

metadata = MetaData()
sums = Table("sums", metadata, Column("id", Uuid, primary_key=True), Column("sum", BigInteger))


class Sums(View):
    """What was added to each account."""

    name = "sums"
    tables = (sums,)

    @handles(AmountAdded)
    def on_added(self, connection, event, _entry):
        first = insert(sums).values(id=event.account_id, sum=event.amount)
        added = sums.c.sum + first.excluded.sum
        connection.execute(
            first.on_conflict_do_update(index_elements=[sums.c.id], set_={"sum": added})
        )
