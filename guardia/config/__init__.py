"""How an installation is switched on: settings, site map, database roles, the database itself."""
