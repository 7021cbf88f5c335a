"""The standards of TM Forum: a case as a trouble ticket (TMF621), for partners' systems and for events."""
