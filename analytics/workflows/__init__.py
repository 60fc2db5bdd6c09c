"""What page and command both do, from a file to a result, in one set of sentences."""
