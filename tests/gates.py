"""Stops a statement in PostgreSQL at an advisory lock that a test holds."""


def passing(key: int) -> str:
    """SQL of the trigger function ``pass_the_gate``: it waits while somebody holds the lock."""
    return f"""
CREATE FUNCTION pass_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({key});
    RETURN NEW;
END $$;
"""
