import pytest, traceback
from collections import Counter
from django.urls import get_resolver, URLResolver
from tests.breaking.browser import *
from tests.breaking.stages import *
from tests.breaking.test_zz_values import VALUES

def routes(resolver=None, prefix=""):
    for e in (resolver or get_resolver()).url_patterns:
        if isinstance(e, URLResolver): yield from routes(e, prefix+str(e.pattern))
        else: yield prefix+str(e.pattern), e.name

def test_list():
    for r in routes(): print("ROUTE", r)

GETS = ["/buscar?q=%s", "/?vista=%s", "/?orden=%s", "/?desde=%s", "/companias/?q=%s", "/companias/?ver=%s", "/companias/?pagina=%s", "/companias/importar?de=%s", "/ciudades/?q=%s","/ciudades/?banda=%s","/informes/?mes=%s","/informes/?compania=%s","/informes/?plazo=%s","/informes/2026-11.xlsx?compania=%s","/informes/2026-11.xlsx?plazo=%s","/informes/%s.xlsx","/casos/nuevo?q=%s","/casos/nuevo?llamada=%s","/casos/nuevo?compania=%s","/casos/nuevo/al-lado?compania=%s","/casos/nuevo/al-lado?compania=1&service=%s","/casos/nuevo/al-lado?llamada=%s","/casos/%s/","/casos/%s/vivo","/casos/%s/abierto","/casos/%s/nota","/casos/NUM/%s","/casos/NUM/?bitacora=%s","/casos/NUM/?lineas=%s","/casos/NUM/vivo?seen=%s","/companias/%s/","/companias/%s/contactos/nuevo","/companias/BANK/contactos/%s/editar","/companias/BANK/contactos/1/%s","/companias/importar/%s.csv","/procedimiento?lang=%s","/entrar?next=%s","/demo/correo/%s","/llamadas/%s/contesta","/static/%s","/%s", "/salud?%s", "/casos/nuevo?compania=BANK&service=%s", "/casos/nuevo?compania=BANK&symptoms=%s&since=%s","/casos/nuevo/al-lado?compania=BANK&since=%s","/casos/nuevo/al-lado?compania=BANK&impact=%s","/personas/%s/editar","/ciudades/%s/editar"]
from urllib.parse import quote
@pytest.mark.parametrize("pattern", GETS)
def test_gets(story, administrator, pattern, settings):
    settings.DEMO = True
    story.open_case()
    pattern = pattern.replace("NUM", str(story.number)).replace("BANK", str(story.bank.pk))
    for v in VALUES:
        if len(v) > 10000: v = v[:6000]
        q = quote(v, safe="", errors="surrogatepass")
        for headers in ({}, {"hx-request":"true"}):
            try:
                with taken_back():
                    a = administrator.get(pattern.replace("%s", q), headers=headers)
            except AssertionError as e:
                print("PROBLEM", pattern, ascii(v)[:50], ascii(str(e)[-500:]), flush=True)
            except Exception as e:
                print("ODD", pattern, ascii(v)[:50], ascii(repr(e)[-500:]), flush=True)
