"""The operator's own people: staff, roles, sign-in, and the acts' authors."""
