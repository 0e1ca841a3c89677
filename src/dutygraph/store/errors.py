"""The one error of the store."""


class StoreError(Exception):
    """The store folder cannot be used; the message says why and what to do."""
