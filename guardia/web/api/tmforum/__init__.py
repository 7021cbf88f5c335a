"""The open interfaces of TM Forum, each at its own address below /tmf-api, on the keys, forms and verbs of the API."""
