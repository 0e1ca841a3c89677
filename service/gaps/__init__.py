"""The gaps as an office works through them: listed, counted, told whole, handed out, waived, compared."""
