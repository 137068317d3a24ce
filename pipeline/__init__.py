"""Many documents: inputs, worker processes, output folders, the command. Knows no grammar."""

__version__ = (
    "0.1.0"  # of the whole program; the build reads it here, and importlib.metadata takes as long as half of typer
)
