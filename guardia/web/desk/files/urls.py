"""Addresses of the files of a case."""

from django.urls import path

from guardia.web.desk.files import acting, adding, looking

ONE = "casos/<slug:number>/archivos/<int:file_id>"

urlpatterns = [
    path("casos/<slug:number>/archivos", adding.add, name="case_files"),
    path(ONE, looking.file_page, name="case_file"),
    path(f"{ONE}/contenido", looking.content, name="case_file_content"),
    path(f"{ONE}/miniatura", looking.thumbnail, name="case_file_thumbnail"),
    path(f"{ONE}/mostrar", acting.show, name="case_file_show"),
    path(f"{ONE}/retirar", acting.withdraw, name="case_file_withdraw"),
]
