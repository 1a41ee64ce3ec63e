"""Migrations: each service's database gets the tables of `shared` and then its own, as the role that owns them."""
