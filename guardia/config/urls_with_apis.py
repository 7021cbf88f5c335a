"""The site map with the APIs of a key, whose requests alone go by it (``requests.WITH_APIS``): their forms take a
quarter of the web's memory, and a second to load (docs/adr/0090).
"""

from django.urls import URLPattern, URLResolver, include, path

from guardia.config import urls

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/terceros/", include("guardia.web.api.mef.listener")),
    path("api/v2/", include("guardia.web.api.token")),
    path("api/v2/", include("guardia.web.api.asyncapi")),
    path("api/v2/", include("guardia.web.api.v2.api")),
    path("tmf-api/alarm/v4/", include("guardia.web.api.tmforum.alarms")),
    path("tmf-api/serviceProblemManagement/v5/", include("guardia.web.api.tmforum.service_problems")),
    path("tmf-api/troubleTicket/", include("guardia.web.api.tmforum.addresses")),
    path("mefApi/sonata/troubleTicket/v4/", include("guardia.web.api.mef.api")),
    *urls.urlpatterns,
]
