"""The technician's page (P4): ``/campo`` for who signs in, ``/campo/v/<token>`` for a crew by its link.

It works without network: a service worker keeps the page, the telephone keeps what was pressed, and ``/campo/envios``
takes it in, once and in order.
"""
