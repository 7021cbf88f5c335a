"""Addresses of the offices' counter."""

from django.urls import path

from guardia.web.desk.offices import counter, receipt, scans

urlpatterns = [
    path("oficinas/recibir", counter.receive, name="office_receive"),
    path("oficinas/recibido/<int:request_id>", receipt.receipt, name="office_receipt"),
    path("oficinas/escaneos/<int:scan_id>", scans.scan, name="scan"),
]
