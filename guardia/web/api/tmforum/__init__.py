"""TM Forum's Trouble Ticket (TMF621, versions 4 and 5) on the keys, forms and verbs of ``/api/v2``."""
