"""The Python client of Guardia's API: ``Guardia`` for a key of the operator, ``CompanyGuardia`` for a company's own."""

from guardia_client import models
from guardia_client.client import Answer, File, Page, Problem, etag_of
from guardia_client.operations import CompanyGuardia, Guardia

__all__ = ["Answer", "CompanyGuardia", "File", "Guardia", "Page", "Problem", "etag_of", "models"]
