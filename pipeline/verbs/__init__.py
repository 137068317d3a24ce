"""The verbs of the command, one module each. A module declares its options and imports what does the work when it runs."""
