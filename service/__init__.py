"""The HTTP service: coverage, gaps and SPARQL over a store, to each caller what the role may see."""
