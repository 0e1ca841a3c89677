"""Accounts, sign-in, tokens: who is calling, proved."""
