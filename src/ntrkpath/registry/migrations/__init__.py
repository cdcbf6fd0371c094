"""Migrations of the tables of a book (Alembic); bodies are never migrated."""
