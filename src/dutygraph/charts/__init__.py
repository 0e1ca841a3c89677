"""Pictures as data: the double-key chart, line charts, neighbourhoods, what a leaving person uncovers."""
