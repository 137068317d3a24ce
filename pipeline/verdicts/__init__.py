"""What analysts decide about rows, and what the rows are worth with it. Pure: rows and decisions in, rows out."""
