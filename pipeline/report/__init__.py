"""The morning report: one page that says what came, what changed, what falls due and who is silent."""
