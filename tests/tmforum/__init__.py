"""TM Forum's interfaces against the standards' own documents.

The documents beside this file are TM Forum's (https://github.com/tmforum-apis), unchanged, under Apache-2.0
(LICENSE-Apache-2.0.txt): TMF642 Alarm Management v4.0.0 and TMF656 Service Problem Management v5.0.0.
"""
