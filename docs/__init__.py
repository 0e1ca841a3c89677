"""The documents. ``python -m docs.generate`` makes some of ``reference/`` from the product itself."""
