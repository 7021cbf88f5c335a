#!/usr/bin/env python3
# Guardia
# Tells Guardia what Checkmk notifies of. Needs nothing but the python3 of the site. As the user of the site:
#
#   install -m 755 checkmk-notify.py ~/local/share/check_mk/notifications/guardia
#
# Setup > Notifications: a rule with the method "Guardia". Its parameters: the address with its token, and after it the
# secret, only where Guardia asks for signed messages. A custom attribute CIRCUIT, or a label "circuit", leads to a
# service.
import hashlib
import hmac
import json
import os
import sys
import urllib.error
import urllib.request

TOLD = {
    *("WHAT", "NOTIFICATIONTYPE", "OMD_SITE", "HOSTNAME", "HOSTALIAS", "HOSTADDRESS", "HOSTSTATE", "HOSTOUTPUT"),
    *("HOSTPROBLEMID", "LASTHOSTSTATECHANGE", "SERVICEDESC", "SERVICESTATE", "SERVICEOUTPUT", "SERVICEPROBLEMID"),
    "LASTSERVICESTATECHANGE",
}
OWN = ("HOSTLABEL_", "SERVICELABEL_", "HOST_", "SERVICE_", "HOSTTAG_")
AGAIN, NEVER = 1, 2  # exit codes: Checkmk sends it again after 1


def main():
    given = {name[len("NOTIFY_") :]: value for name, value in os.environ.items() if name.startswith("NOTIFY_")}
    address, secret = given.get("PARAMETER_1", ""), given.get("PARAMETER_2", "")
    said = {name: value for name, value in given.items() if value and (name in TOLD or name.startswith(OWN))}
    body = json.dumps(said).encode()
    headers = {"Content-Type": "application/json"}
    if secret:
        headers["X-Guardia-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=20) as answer:
            sys.stdout.write(f"Guardia: {answer.read(2000).decode(errors='replace')}\n")
    except urllib.error.HTTPError as refused:
        sys.stderr.write(f"Guardia answered {refused.code}: {refused.read(2000).decode(errors='replace')}\n")
        return AGAIN if refused.code in (429, 500, 502, 503, 504) else NEVER
    except (OSError, ValueError) as trouble:
        sys.stderr.write(f"Guardia was not reached: {trouble}\n")
        return AGAIN if isinstance(trouble, OSError) else NEVER
    return 0


sys.exit(main())
