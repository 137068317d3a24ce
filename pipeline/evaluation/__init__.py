"""How right the tables are, measured against documents that people have annotated."""
