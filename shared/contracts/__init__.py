"""What the services promise each other: events, requests and answers, one module per owner.

Data only: no behaviour, no imports from services.
"""
