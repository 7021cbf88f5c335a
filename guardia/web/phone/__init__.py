"""The two doors of the telephone: exchanges that push (CTI), and one that we listen to (AMI)."""
