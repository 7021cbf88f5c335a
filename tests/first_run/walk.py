"""The first steps as a person takes them, by the pages alone."""

from django.test import Client

HOME = "/primeros-pasos"
NAME = 'Telecomunicaciones "Ejemplo"'
ME = {"name": "Administradora", "password": "una-frase-larga-42"}
ANSWERS: dict[str, dict[str, str]] = {
    "operador": {"name": NAME, "country": "EC"},
    "telefonos": {"technical": "02 555 0100"},
    "oficinas": {},
    "horario": {"begins": "08:30", "ends": "17:30", "holidays": ""},
    "ciudades": {"which": "listed"},
    "correo": {"despues": "1"},
    "personas": {},
    "niveles": {"role1": "Supervisor de turno", "role2": "Jefe de Operaciones", "role3": "Gerente General"},
    "empresa": {
        "name": "Compañía de prueba",
        "email": "yo@example.com",
        "phone": "02 555 0100",
        "city": "Quito, Pichincha",
        "kind": "Internet",
        "circuit": "ENL-0001",
    },
}


def take(client: Client, until: str, **other: dict[str, str]) -> None:
    """Every step before ``until``; ``other``: what is answered otherwise, by step."""
    for step, fields in ANSWERS.items():
        if step == until:
            return
        page = client.post(f"{HOME}/{step}", {**fields, **other.get(step, {})})
        assert page.status_code == 302, (step, page.content.decode())


def words(response) -> str:
    return " ".join(response.content.decode().split())
