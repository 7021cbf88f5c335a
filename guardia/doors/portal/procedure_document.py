from django.http import HttpRequest, HttpResponse


def procedure_document(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")
