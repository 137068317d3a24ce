"""Many documents: inputs, worker processes, output folders, the command. Knows no grammar."""

# Of the whole program. The build reads this line; importlib.metadata takes as long as half of typer.
__version__ = "0.1.0"
