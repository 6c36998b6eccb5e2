"""PostgreSQL, RabbitMQ and Chromium for tests and development, whatever the machine offers.

Start with ``infra.py`` (the command); ``control.py`` is for tests that hurt the servers on purpose.
"""
