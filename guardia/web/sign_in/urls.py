"""Addresses of the sign-in and of one's own account. allauth asks for some of them by names of its own."""

from django.urls import path

from guardia.web.desk.entry import own_page
from guardia.web.sign_in import directory, password, sessions, views

urlpatterns = [
    path("entrar", views.SignIn.as_view(), name="account_login"),
    path("entrar", views.SignIn.as_view(), name="sign_in"),
    path("entrar/llave", views.KeyAlone.as_view(), name="mfa_login_webauthn"),
    path("entrar/segundo-paso", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("entrar/de-nuevo", own_page(views.Again.as_view()), name="account_reauthenticate"),
    path("entrar/de-nuevo/codigo", own_page(views.AgainByCode.as_view()), name="mfa_reauthenticate"),
    path("entrar/de-nuevo/llave", own_page(views.AgainByKey.as_view()), name="mfa_reauthenticate_webauthn"),
    path("entrar/sin-clave", password.forgotten, name="forgotten"),
    path("entrar/enlace/<str:token>", password.by_link, name="access_link"),
    path("entrar/directorio/<slug:provider_id>", directory.oidc_login, name="openid_connect_login"),
    path("entrar/directorio/<slug:provider_id>/vuelta", directory.oidc_callback, name="openid_connect_callback"),
    path("entrar/saml/<slug:organization_slug>", directory.saml_login, name="saml_login"),
    path("entrar/saml/<slug:organization_slug>/vuelta", directory.saml_acs, name="saml_acs"),
    path("entrar/saml/<slug:organization_slug>/fin", directory.saml_finish, name="saml_finish_acs"),
    path("entrar/saml/<slug:organization_slug>/salida", directory.saml_sls, name="saml_sls"),
    path("entrar/saml/<slug:organization_slug>/datos", directory.saml_metadata, name="saml_metadata"),
    path("salir", views.SignOut.as_view(), name="account_logout"),
    path("salir", views.SignOut.as_view(), name="sign_out"),
    path("cuenta/", own_page(views.Account.as_view()), name="mfa_index"),
    path("cuenta/clave", own_page(password.change), name="change_password"),
    path("cuenta/aplicacion", own_page(views.AddApp.as_view()), name="mfa_activate_totp"),
    path("cuenta/aplicacion/quitar", own_page(views.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path("cuenta/llaves", own_page(views.keys), name="mfa_list_webauthn"),
    path("cuenta/llaves/nueva", own_page(views.AddKey.as_view()), name="mfa_add_webauthn"),
    path("cuenta/llaves/<int:pk>/nombre", own_page(views.RenameKey.as_view()), name="mfa_edit_webauthn"),
    path("cuenta/llaves/<int:pk>/quitar", own_page(views.RemoveKey.as_view()), name="mfa_remove_webauthn"),
    path("cuenta/codigos", own_page(views.Codes.as_view()), name="mfa_view_recovery_codes"),
    path("cuenta/codigos/nuevos", own_page(views.NewCodes.as_view()), name="mfa_generate_recovery_codes"),
    path("cuenta/sesiones/cerrar", own_page(sessions.end_own), name="sessions_end"),
    path("personas/<int:member_id>/acceso", sessions.access, name="member_access"),
    path("personas/<int:member_id>/acceso/<slug:step>", sessions.access_step, name="member_access_step"),
]
