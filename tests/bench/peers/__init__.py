"""The same film and the same model through edgedet and through what somebody would otherwise run."""
