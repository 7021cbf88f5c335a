"""Addresses of the telephone's settings."""

from django.urls import path

from guardia.web.desk.settings import (
    telephone,
    telephone_address,
    telephone_agents,
    telephone_exchange,
    telephone_naming,
)

urlpatterns = [
    path("ajustes/telefonia", telephone.telephone, name="settings_telephone"),
    path("ajustes/telefonia/nueva", telephone.new, name="settings_exchange_new"),
    path("ajustes/telefonia/extension/<int:staff_id>", telephone.extension, name="settings_extension"),
    path("ajustes/telefonia/<int:exchange_id>", telephone_exchange.exchange, name="settings_exchange"),
    path("ajustes/telefonia/<int:exchange_id>/editar", telephone_exchange.edit, name="settings_exchange_edit"),
    path("ajustes/telefonia/<int:exchange_id>/colas", telephone_exchange.queues, name="settings_exchange_queues"),
    path("ajustes/telefonia/<int:exchange_id>/nombrar", telephone_naming.give, name="settings_exchange_name"),
    path(
        "ajustes/telefonia/<int:exchange_id>/primera-llamada", telephone_naming.first_call, name="settings_first_call"
    ),
    path("ajustes/telefonia/<int:exchange_id>/direccion", telephone_address.renew, name="settings_exchange_address"),
    path("ajustes/telefonia/<int:exchange_id>/agentes", telephone_agents.give, name="settings_agent_give"),
    path(
        "ajustes/telefonia/<int:exchange_id>/agentes/<int:agent_id>/terminar",
        telephone_agents.end,
        name="settings_agent_end",
    ),
    path(
        "ajustes/telefonia/<int:exchange_id>/apagar",
        telephone_address.turn,
        {"word": "apagar"},
        name="settings_exchange_off",
    ),
    path(
        "ajustes/telefonia/<int:exchange_id>/encender",
        telephone_address.turn,
        {"word": "encender"},
        name="settings_exchange_on",
    ),
]
