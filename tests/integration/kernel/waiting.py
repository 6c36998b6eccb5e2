"""Waiting for a thread to wait."""

from tests.integration.kernel.conftest import eventually


def until_it_waits_or_ends(thread, database):
    """Until the thread has ended, or a session of this PostgreSQL database waits for a lock."""

    def asked():
        with database.reading() as connection:
            return connection.exec_driver_sql(
                "SELECT 1 FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).first()

    eventually(lambda: not thread.is_alive() or asked(), "the other one to wait")
