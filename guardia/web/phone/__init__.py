"""Exchanges: those that push what happens (CTI), and the one whose manager interface is listened to (AMI)."""
