"""Addresses of what a customer sees."""

from django.urls import path

from guardia.web.portal import case_page, contacts, history, home, new_case, sign_in, works

urlpatterns = [
    path("c/caso/<str:token>", case_page.case_page, name="customer_case"),
    path("c/caso/<str:token>/<slug:act>", case_page.case_act, name="customer_case_act"),
    path("c/caso/<str:token>/archivo/<int:pk>", case_page.case_file, name="customer_case_file"),
    path("c/trabajo/<str:token>", works.work_page, name="customer_work"),
    path("c/trabajo/<str:token>/<slug:act>", works.work_act, name="customer_work_act"),
    path("mi-empresa/", home.home, name="company_home"),
    path("mi-empresa/entrar", sign_in.enter, name="company_enter"),
    path("mi-empresa/codigo/<str:token>", sign_in.code, name="company_code"),
    path("mi-empresa/compania", sign_in.choose, name="company_choose"),
    path("mi-empresa/con/<str:token>", sign_in.by_provider, name="company_own"),
    path("mi-empresa/vuelta", sign_in.back_from_provider, name="company_own_back"),
    path("mi-empresa/sesiones", sign_in.sessions_page, name="company_sessions"),
    path("mi-empresa/salir", sign_in.leave, name="company_leave"),
    path("mi-empresa/casos/<str:number>", home.case, name="company_case"),
    path("mi-empresa/casos/<str:number>/<slug:act>", home.act, name="company_case_act"),
    path("mi-empresa/casos/<str:number>/archivo/<int:pk>", home.file, name="company_case_file"),
    path("mi-empresa/historial", history.history, name="company_history"),
    path("mi-empresa/historial.xlsx", history.spreadsheet, name="company_spreadsheet"),
    path("mi-empresa/servicios", history.services, name="company_services"),
    path("mi-empresa/informes", history.months, name="company_months"),
    path("mi-empresa/informes/<slug:month>.<slug:form>", history.month_file, name="company_month_file"),
    path("mi-empresa/trabajos", works.works, name="company_works"),
    path("mi-empresa/trabajos/<int:pk>/<slug:act>", works.answer_signed_in, name="company_work_answer"),
    path("mi-empresa/pedir", new_case.ask, name="company_ask"),
    path("mi-empresa/contactos", contacts.contacts, name="company_contacts"),
    path("mi-empresa/contactos/nuevo", contacts.contact, name="company_contact_new"),
    path("mi-empresa/contactos/<int:pk>", contacts.contact, name="company_contact"),
    path("mi-empresa/contactos/<int:pk>/<slug:word>", contacts.step, name="company_contact_step"),
    path("mi-empresa/contactos/<int:pk>/numero/<int:asked>", contacts.number, name="company_number"),
    path("mi-empresa/confirmar/<str:token>", contacts.confirm, name="company_confirm"),
    path("mi-empresa/colegas/<int:pk>/<slug:word>", contacts.colleague, name="company_colleague"),
]
