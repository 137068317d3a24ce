"""Many documents: inputs, worker processes, output folders, the command. Knows no grammar."""
