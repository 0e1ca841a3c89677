"""Accounts, sign-in, tokens: who is calling, proved.

One SQLite file beside the graphs, which no query reaches: ``accounts.sqlite3`` in the store folder.
"""

from dutygraph.service.accounts.model import Account, Grant, SignedIn, Token, TokenKind
from dutygraph.service.accounts.register import Accounts

__all__ = ["Account", "Accounts", "Grant", "SignedIn", "Token", "TokenKind"]
