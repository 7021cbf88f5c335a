"""The open interfaces of TM Forum, each at its own address below /tmf-api."""
