"""The first four steps of an installation: operator and zone, a mail that arrives, the procedure, the people.

Open while nobody can sign in yet, to whoever has the key that `guardia run` prints; closed for good afterwards.
"""
