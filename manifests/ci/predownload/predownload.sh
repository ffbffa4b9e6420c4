#!/bin/sh
# Warms nodes with an image: makes an ImagePullJob, waits for its end, and fails with its reasons. Needs sh and kubectl.
#
#   PREDOWNLOAD_IMAGE                 the image, with a tag of its own: registry.example/shop/web:1.4.2
#   PREDOWNLOAD_APP                   first part of the job's name; default the last part of the repository (web)
#   PREDOWNLOAD_NAMESPACE             of the job, its pull secrets and pods; default that of kubectl
#   PREDOWNLOAD_NODE_NAMES            node-1,node-2   at most one of these three;
#   PREDOWNLOAD_NODE_LABELS           pool=web,disk=ssd        without any, every node
#   PREDOWNLOAD_POD_LABELS            app=web         nodes of these pods
#   PREDOWNLOAD_PARALLELISM           nodes at a time, 10 or 20%; default 10
#   PREDOWNLOAD_PULL_SECRETS          names of Secrets, with commas
#   PREDOWNLOAD_TIMEOUT_SECONDS       for all nodes; default 1200
#   PREDOWNLOAD_PULL_TIMEOUT_SECONDS  for one attempt of one node; default 300, at most the above
#
# The job is named app-tag-checksum. The checksum is over everything that is asked for: a pipeline that runs again waits for the job that
# runs, and makes one that has ended anew.
#
# Exit codes: 0 every node has the image. 1 some node does not; the reasons are printed. 2 wrong settings. 3 the API server refused the job.
# 4 not done in time. 5 the name belongs to a job for another image. 6 the job was deleted meanwhile. 7 the API server cannot be reached.
set -eu

JOBS=imagepulljobs.apps.kruise.io
LOOK_SECONDS=2
# A job ends by its own deadline; this much later nobody looks after it.
GRACE_SECONDS=30
UNREACHABLE_SECONDS=30
KEEP_SECONDS=3600

say() { printf '%s\n' "$*"; }
fail() {
  code=$1
  shift
  printf 'predownload: %s\n' "$*" >&2
  exit "$code"
}

image=${PREDOWNLOAD_IMAGE:-}
app=${PREDOWNLOAD_APP:-}
namespace=${PREDOWNLOAD_NAMESPACE:-}
node_names=${PREDOWNLOAD_NODE_NAMES:-}
node_labels=${PREDOWNLOAD_NODE_LABELS:-}
pod_labels=${PREDOWNLOAD_POD_LABELS:-}
parallelism=${PREDOWNLOAD_PARALLELISM:-10}
pull_secrets=${PREDOWNLOAD_PULL_SECRETS:-}
timeout=${PREDOWNLOAD_TIMEOUT_SECONDS:-1200}

check_settings() {
  [ -n "$image" ] || fail 2 'PREDOWNLOAD_IMAGE is not set'
  case "$image$app$namespace$node_names$node_labels$pod_labels$parallelism$pull_secrets" in
    *[[:space:]]*) fail 2 'settings hold no spaces and no line ends' ;;
  esac
  check_number PREDOWNLOAD_TIMEOUT_SECONDS "$timeout"
  pull_timeout=${PREDOWNLOAD_PULL_TIMEOUT_SECONDS:-$((timeout < 300 ? timeout : 300))}
  check_number PREDOWNLOAD_PULL_TIMEOUT_SECONDS "$pull_timeout"
  check_number PREDOWNLOAD_PARALLELISM "${parallelism%\%}"
  [ "${parallelism%\%}" -gt 0 ] || fail 2 'PREDOWNLOAD_PARALLELISM is 0, so the job would wait for ever'
  selectors=0
  for selector in "$node_names" "$node_labels" "$pod_labels"; do
    [ -z "$selector" ] || selectors=$((selectors + 1))
  done
  [ "$selectors" -le 1 ] || fail 2 'set one of PREDOWNLOAD_NODE_NAMES, _NODE_LABELS and _POD_LABELS'
  check_labels PREDOWNLOAD_NODE_LABELS "$node_labels"
  check_labels PREDOWNLOAD_POD_LABELS "$pod_labels"
}

check_number() {
  case $2 in
    '' | *[!0-9]* | 0?*) fail 2 "$1 is no number: $2" ;;
  esac
}

check_labels() {
  for label in $(items "$2"); do
    case $label in
      ?*=*) ;;
      *) fail 2 "$1 holds $label, which is not key=value" ;;
    esac
  done
}

# Settings hold no spaces, so words are items. None of them is a pattern for file names: see set -f below.
items() { printf '%s' "$1" | tr ',' ' '; }

# A string of YAML, whatever is in it.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"; }

spec() {
  printf 'spec:\n  image: %s\n' "$(quoted "$image")"
  case $parallelism in
    *%) printf '  parallelism: %s\n' "$(quoted "$parallelism")" ;;
    *) printf '  parallelism: %s\n' "$parallelism" ;;
  esac
  printf '  pullPolicy:\n    timeoutSeconds: %s\n' "$pull_timeout"
  printf '  completionPolicy:\n    type: Always\n    activeDeadlineSeconds: %s\n' "$timeout"
  printf '    ttlSecondsAfterFinished: %s\n' "$KEEP_SECONDS"
  list '  pullSecrets:' '    ' "$pull_secrets"
  [ -z "$node_names" ] || printf '  selector:\n'
  list '    names:' '      ' "$node_names"
  labels selector "$node_labels"
  labels podSelector "$pod_labels"
}

list() {
  [ -n "$3" ] || return 0
  printf '%s\n' "$1"
  for item in $(items "$3"); do printf '%s- %s\n' "$2" "$(quoted "$item")"; done
}

labels() {
  [ -n "$2" ] || return 0
  printf '  %s:\n    matchLabels:\n' "$1"
  for label in $(items "$2"); do
    printf '      %s: %s\n' "$(quoted "${label%%=*}")" "$(quoted "${label#*=}")"
  done
}

# registry.example:5000/shop/web:1.4.2@sha256:… is web-1-4-2, and the checksum: at most 63 characters.
job_name() {
  reference=${image%%@*}
  last=${reference##*/}
  case $last in
    *:*) tag=${last#*:} ;;
    *) tag=latest ;;
  esac
  checksum=$(spec | cksum | cut -d ' ' -f 1)
  readable=$(printf '%s-%s' "${app:-${last%%:*}}" "$tag" | tr 'A-Z' 'a-z' | tr -c 'a-z0-9' '-' | cut -c 1-52 |
    sed 's/^-*//; s/-*$//')
  printf '%s-%s' "${readable:-image}" "$checksum"
}

kube() { kubectl ${namespace:+--namespace="$namespace"} "$@"; }

manifest() {
  printf 'apiVersion: apps.kruise.io/v1beta1\nkind: ImagePullJob\nmetadata:\n  name: %s\n' "$(quoted "$name")"
  spec
}

# Makes the job, or finds the one that does what this would.
make_job() {
  give_up=$(($(date +%s) + UNREACHABLE_SECONDS))
  while :; do
    if answer=$(manifest | kube create -f - 2>&1); then
      say "$answer"
      return
    fi
    case $answer in
      *AlreadyExists*) if is_running; then return; fi ;;
      *ServiceUnavailable* | *TooManyRequests* | *'(Timeout)'*) retry_until "$give_up" "$answer" ;;
      *'Error from server'* | *' is invalid'* | *'no matches for kind'*) fail 3 "$answer" ;;
      *) retry_until "$give_up" "$answer" ;;
    esac
  done
}

retry_until() {
  [ "$(date +%s)" -lt "$1" ] || fail 7 "$2"
  sleep "$LOOK_SECONDS"
}

# True when the job of that name runs; one that has ended is deleted, so that it can be made anew.
is_running() {
  there=$(kube get "$JOBS" "$name" --ignore-not-found -o 'jsonpath={.spec.image} {.status.completionTime}') || return 1
  [ -n "$there" ] || return 1
  [ "${there%% *}" = "$image" ] || fail 5 "ImagePullJob $name is for ${there%% *}; set PREDOWNLOAD_APP to name this one otherwise"
  if [ -z "${there#* }" ]; then
    say "ImagePullJob $name runs already; waiting for it"
    return
  fi
  say "ImagePullJob $name has ended; making it anew"
  kube delete "$JOBS" "$name" --ignore-not-found >/dev/null
  return 1
}

TRUE_CONDITION='{.status.conditions[?(@.type=="Complete")].status}{"\n"}{.status.conditions[?(@.type=="Failed")].status}'
STATE="{.metadata.uid}{\"\\n\"}$TRUE_CONDITION{\"\\n\"}{.status.conditions[?(@.type==\"Failed\")].reason}{\"\\n\"}{.status.message}"

# Sets uid, complete, failed, reason and message; false while the API server cannot be asked.
look() {
  state=$(kube get "$JOBS" "$name" -o "jsonpath=$STATE" 2>&1) || {
    case $state in
      *NotFound*) fail 6 "ImagePullJob $name was deleted" ;;
    esac
    return 1
  }
  # A job without a status has fewer lines.
  uid= complete= failed= reason= message=
  {
    read -r uid
    read -r complete
    read -r failed
    read -r reason
    read -r message
  } <<EOF || :
$state
EOF
}

wait_for_end() {
  give_up=$(($(date +%s) + timeout + GRACE_SECONDS))
  first_uid= shown= message=
  while [ "$(date +%s)" -lt "$give_up" ]; do
    if look; then
      [ "$uid" = "${first_uid:=$uid}" ] || fail 6 "ImagePullJob $name was deleted, and made anew by others"
      [ "$failed" != True ] || give_reasons
      [ "$message" = "$shown" ] || say "$message"
      shown=$message
      [ "$complete" != True ] || return 0
    fi
    sleep "$LOOK_SECONDS"
  done
  fail 4 "ImagePullJob $name did not end: ${message:-no manager has looked at it}"
}

give_reasons() {
  kube get "$JOBS" "$name" -o 'jsonpath={range .status.failures[*]}{"  "}{.count}{" x "}{.reason}{", on "}{.exampleNode}{": "}{.exampleMessage}{"\n"}{end}' >&2 || :
  case $reason in
    DeadlineExceeded) fail 4 "$message" ;;
    *) fail 1 "$message" ;;
  esac
}

set -f
# kubectl asks for a password where it finds no credentials.
exec </dev/null
check_settings
name=$(job_name)
make_job
wait_for_end
