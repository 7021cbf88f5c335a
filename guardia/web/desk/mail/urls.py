"""Addresses of the mail that came in, and of what is done to the notices of a case."""

from django.urls import path

from guardia.web.desk.mail import acting, listing, message, notices, report

urlpatterns = [
    path("correo", listing.tray, name="mail_tray"),
    path("correo/reportes/<int:request_id>", report.report_page, name="report_page"),
    path("correo/reportes/<int:request_id>/unir", report.join, name="report_join"),
    path("correo/reportes/<int:request_id>/descartar", report.dismiss, name="report_dismiss"),
    path("correo/<int:message_id>", message.message_page, name="message"),
    path("correo/<int:message_id>/html", message.html, name="message_html"),
    path("correo/<int:message_id>/original", message.original, name="message_original"),
    path("correo/<int:message_id>/archivos/<int:part>", message.attachment, name="message_file"),
    path("correo/<int:message_id>/unir", acting.join, name="message_join"),
    path("correo/<int:message_id>/descartar", acting.dismiss, name="message_dismiss"),
    path("correo/<int:message_id>/admitir", acting.take_in, name="message_take_in"),
    path("correo/<int:message_id>/quien", acting.assign, name="message_assign"),
    path("casos/<slug:number>/avisos/<int:notice_id>/<slug:step>", notices.step, name="notice_step"),
    path("casos/<slug:number>/direcciones/<int:mark_id>", notices.clear_mark, name="mark_clear"),
]
