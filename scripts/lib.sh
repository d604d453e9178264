# shellcheck shell=bash
# What the scripts share: the one-sentence error, the PostgreSQL to use, and a command that outlives no signal.

postgres_oldest=15   # the first release that the migrations run on
# shellcheck disable=SC2034  # read by the scripts
interrupted=         # set by a Ctrl-C while a supervised command ran

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# The bin folder of the newest PostgreSQL here that is new enough; fails if there is none.
postgres_newest() {
  local newest
  newest=$(find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)
  [[ $newest =~ /([0-9]+)/bin/postgres$ ]] && ((BASH_REMATCH[1] >= postgres_oldest)) && dirname "$newest"
}

# Runs a command and returns its status, however many signals arrive meanwhile. A terminal's Ctrl-C reaches the
# command by itself and only sets `interrupted` here; TERM, which comes to one process alone, is passed on.
# Afterwards both are ignored: what is left to do is to clean up.
supervise() {
  local child
  trap 'interrupted=yes' INT
  # A script's background command ignores Ctrl-C and reads nothing unless told otherwise.
  env --default-signal=INT,QUIT "$@" <&0 9<&- &
  child=$!
  trap 'kill -TERM "$child" 2>/dev/null || :' TERM
  # A signal ends wait before the command has ended.
  while kill -0 "$child" 2>/dev/null; do
    wait "$child" || :
  done
  trap '' INT TERM
  wait "$child"
}
