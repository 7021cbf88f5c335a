"""What comes in and becomes an act of a case: by telephone, by mail, from the field, from the customer's page."""
