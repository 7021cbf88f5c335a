"""Shadow day: what a former tool has on record, replayed against a procedure in a database beside, that is dropped."""
