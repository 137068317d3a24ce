"""Alembic's entry: runs the migrations on the connection that :mod:`pipeline.store.migrate` hands over."""

from alembic import context

from pipeline.store.schema import META

context.configure(connection=context.config.attributes["connection"], target_metadata=META)
context.run_migrations()
