"""The companies, cities and sites that rows point to: asked once for the whole file."""

from difflib import get_close_matches

from django.utils.translation import gettext as _

from guardia.customers.cities import Gazetteer
from guardia.customers.city import City
from guardia.customers.customer import Customer
from guardia.customers.importing.columns import SERVICES, SITES, Kind
from guardia.customers.site import Site
from guardia.customers.values import Misfit


class Targets:
    def __init__(self, kind: Kind) -> None:
        codes = Customer.objects.exclude(external_id=None).values_list("external_id", "pk")
        self.companies = {str(code): pk for code, pk in codes} if kind.has_company else {}
        self.cities = Gazetteer.of(City.objects.all()) if kind is SITES else Gazetteer()
        sites = Site.objects.exclude(external_id=None).values_list("customer_id", "external_id", "pk")
        self.sites = {(company, code): pk for company, code, pk in sites} if kind is SERVICES else {}

    def company(self, code: str) -> int:
        """Its id. Raises Misfit with the nearest code."""
        if code in self.companies:
            return self.companies[code]
        if near := get_close_matches(code, self.companies, n=1, cutoff=0.6):
            words = {"code": code, "near": near[0]}
            raise Misfit(_("No company has the code “%(code)s”. Did you mean “%(near)s”?") % words)
        raise Misfit(_("No company has the code “%s”. Import the companies first.") % code)

    def site(self, company_id: int, code: str) -> int:
        """Its id, within the company. Raises Misfit."""
        if (company_id, code) in self.sites:
            return self.sites[company_id, code]
        raise Misfit(_("This company has no site with the code “%s”. Import its sites first.") % code)

    def city(self, name: str, province: str) -> int:
        """Its id. Raises Misfit with the nearest city."""
        return self.cities.find(name, province).pk
