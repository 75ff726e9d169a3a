#!/bin/sh
# backup.sh DIR: copies the payload log into DIR/payloads while ingress and the projector run, then verifies the copy.
# Run it where .env is, or with PAYLOAD_STORAGE_PATH set. Exit 0: the copy is whole. docs/backup.md explains the order.
set -eu
backup=${1:?usage: backup.sh DIR}
log=${PAYLOAD_STORAGE_PATH:-./payloads}
umask 077
head=$(mktemp)
trap 'rm -f "$head"' EXIT
events head > "$head" # the copy must hold at least what the log holds now

mkdir -p -m 700 "$backup/payloads"
# The journal first, the files after it, and the journal into its place last.
cp "$log/journal.jsonl" "$backup/journal.next"
if command -v rsync > /dev/null; then
    # 23: a file could not be read; 24: one vanished. The check below says whether the copy is whole.
    rsync -a --exclude=/journal.jsonl --exclude=/.journal.lock --exclude=/.incoming --exclude=/.probe \
        --exclude='.*.mp3.*' "$log/" "$backup/payloads/" || [ $? -eq 23 ] || [ $? -eq 24 ]
else
    find "$log" -mindepth 1 -maxdepth 1 ! -name journal.jsonl ! -name .journal.lock ! -name .incoming ! -name .probe \
        -exec cp -a -t "$backup/payloads" {} +
fi
mv "$backup/journal.next" "$backup/payloads/journal.jsonl"

# What came in meanwhile has no receipt in the copy, and is no fault of it: a restore adopts it.
found=$(PAYLOAD_STORAGE_PATH="$backup/payloads" events verify --json --head "$head") || true
faults=$(printf '%s\n' "$found" | sed '$d' | grep -vc '"what":"extra"' || true)
if [ "$faults" -ne 0 ]; then
    printf '%s\n' "$found" >&2
    echo "backup.sh: the copy is not whole" >&2
    exit 1
fi
echo "backup.sh: $(printf '%s\n' "$found" | tail -n 1)"
