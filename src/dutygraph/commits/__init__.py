"""The commit path: one writer, one atomic update a commit, its gaps followed, its audit entry chained."""
