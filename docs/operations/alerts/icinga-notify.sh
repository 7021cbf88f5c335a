#!/bin/sh
# Tells Guardia what Icinga 2 notifies of. Needs curl and jq. In Icinga's configuration:
#
#   object NotificationCommand "guardia" {
#     command = [ ConfigDir + "/scripts/icinga-notify.sh" ]
#     env = {
#       GUARDIA_URL = "https://GUARDIA/api/alertas/TOKEN"
#       GUARDIA_SECRET = ""                       // the secret beside the address, where it is to sign
#       TYPE = "$notification.type$"
#       HOST = "$host.name$"
#       ADDRESS = "$address$"
#       SERVICE = "$service.name$"                // of a host's own notification: leave this line and the next out
#       STATE = "$service.state$"                 // of a host: "$host.state$"
#       OUTPUT = "$service.output$"               // of a host: "$host.output$"
#       SINCE = "$service.last_state_change$"     // of a host: "$host.last_state_change$"
#       CIRCUIT = "$host.vars.circuit$"           // whatever leads to a service
#     }
#   }
#
# A notification without interval (interval = 0) and with the types Problem and Recovery is enough.
set -eu
body=$(jq -cn --arg type "${TYPE:-}" --arg host "$HOST" --arg address "${ADDRESS:-}" --arg service "${SERVICE:-}" \
    --arg state "$STATE" --arg output "${OUTPUT:-}" --arg since "${SINCE:-}" --arg circuit "${CIRCUIT:-}" \
    '{type: $type, host: $host, address: $address, service: $service, state: $state, output: $output, since: $since,
      vars: (if $circuit == "" then {} else {circuit: $circuit} end)}')
set -- --silent --show-error --fail --max-time 20 --retry 5 --retry-all-errors -H 'Content-Type: application/json'
if [ -n "${GUARDIA_SECRET:-}" ]; then
    sign=$(printf %s "$body" | openssl dgst -sha256 -hmac "$GUARDIA_SECRET" | sed 's/^.* //')
    set -- "$@" -H "X-Guardia-Signature: sha256=$sign"
fi
printf %s "$body" | curl "$@" --data-binary @- --output /dev/null "$GUARDIA_URL"
