"""The ten steps of an installation, from the operator's name to a published procedure and a first case.

Open while nobody can sign in yet, to whoever has the key that `guardia run` prints; or to the administrator that
`guardia people first` made, until a procedure is published. Nothing is public, and nothing is on record, before the
last step; what was answered is kept, so that any step may be taken again.
"""
