"""The fault suite: load through the public interface, faults from outside, and a checker.

Sample services on the real kernel run as real processes on a PostgreSQL and a RabbitMQ of the
suite's own. ``SEED`` repeats the choices of a run, ``KILLS`` says how many kills there are.
"""
