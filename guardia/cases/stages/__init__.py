"""The seven stages of an incident, a file each, with the verbs that the procedure gives them."""
