"""``python -m docs.generate``: write the made documents again."""

from docs.generate import write_all

write_all()
