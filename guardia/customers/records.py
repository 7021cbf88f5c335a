"""The fields of each noun of this room that may be written, and how each is read."""

from guardia.customers import values, ways
from guardia.customers.values import Reader, line, lines

COMPANY: dict[str, Reader] = {
    "external_id": line(80),
    "name": line(200, needed=True),
    "vip": values.flag,
    "crm_number": line(80),
    "carrier_number": line(80),
    "language": values.language,
    "told": values.topics,
    "active": values.flag,
}
CONTACT: dict[str, Reader] = {
    "external_id": line(80),
    "title": line(40),
    "name": line(160, needed=True),
    "position": line(120),
    "email": values.email,
    "phones": values.phones,
    "email_independent": values.flag,
    **ways.READERS,
    "language": values.language,
    "told": values.topics,
    "kinds": values.kinds,
    "administers": values.flag,
    "active": values.flag,
}
SITE: dict[str, Reader] = {
    "external_id": line(80),
    "name": line(160, needed=True),
    "address": line(300),
    "city": lambda city: city,
    "own_band": values.own_band,
    "own_zone": values.own_zone,
    "own_reason": line(200),
    "contact_on_site": line(200),
    "access_hours": line(200),
    "active": values.flag,
}
SERVICE: dict[str, Reader] = {
    "external_id": line(80),
    "circuit": line(80, needed=True),
    "type": line(80),
    "capacity": line(80),
    "site": lambda site: site,
    "to_test": lines(4000),
    "active": values.flag,
}
CITY: dict[str, Reader] = {
    "name": line(120, needed=True),
    "province": line(120, needed=True),
    "band": values.band,
    "band_reason": line(200),
    "code": values.canton_code,
    "population": values.population,
    "zone": values.zone,
}
