"""Alembic's entry: run the steps on the connection that `lumora.store.migrate` hands in."""

from alembic import context

# The caller began the transaction and ends it, so that all steps land together or none.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
