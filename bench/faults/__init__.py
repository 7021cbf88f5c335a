"""`bin/faults`: the operator is killed again and again while people work in it; then it is counted what was lost.

Web, worker, PostgreSQL and mail server are the real ones, as processes of their own; everything is done to them from
outside. No code of the product knows of it.
"""
