"""How the operator's people come in: password, second step, passkey, directory; their sessions; links of one use.

django-allauth does the work; what is here says what this installation asks of it, and writes each step into the
journal.
"""
