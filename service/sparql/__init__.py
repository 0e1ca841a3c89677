"""The SPARQL 1.1 Protocol, read only, each query in a process that can be killed."""
