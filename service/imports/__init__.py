"""Imports: a file is uploaded, tried, corrected or committed; nothing is half done."""
