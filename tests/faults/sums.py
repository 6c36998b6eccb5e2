"""A view of the gateway's kind over the sample services' events."""

from sqlalchemy import BigInteger, Column, MetaData, Table, Uuid, insert, update

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
        of_account = update(sums).where(sums.c.id == event.account_id)
        moved = connection.execute(of_account.values(sum=sums.c.sum + event.amount))
        if moved.rowcount == 0:
            connection.execute(insert(sums).values(id=event.account_id, sum=event.amount))
