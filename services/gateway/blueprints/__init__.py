"""The areas of the screen, one module each, and the REST API.

A module has ``blueprint``, and ``init_app(app)`` where it prepares more than its addresses. Each
endpoint has its row in `services.gateway.permissions`.
"""
