#!/bin/sh
# drill.sh DIR: restores the backup in DIR into a new folder, makes the memories again, and compares them with those in
# use. Changes nothing of the installation or the backup. Exit 0: what a restore would bring back is what there is.
set -eu
backup=${1:?usage: drill.sh DIR}
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -a "$backup/payloads" "$folder/payloads"

now() { # a command on the restored log, and on a read model and an audit trail of its own
    PAYLOAD_STORAGE_PATH="$folder/payloads" READ_MODEL_PATH="$folder/readmodel" AUDIT_LOG_PATH="$folder/audit.jsonl" \
        MEMORY_ENGINE=embedded "$@"
}

now events import "$folder/payloads" > /dev/null # adopts what came in while the backup was made
now events verify > "$folder/verified" || { cat "$folder/verified" >&2; echo "drill.sh: the restored log is not whole" >&2; exit 1; }
now projector replay
now projector dump > "$folder/restored.json"
projector dump > "$folder/in-use.json"
if ! cmp -s "$folder/restored.json" "$folder/in-use.json"; then
    echo "drill.sh: the restored memories differ from those in use; calls that came in since the backup explain it," >&2
    echo "  and nothing else does. Lines that differ: $(diff "$folder/restored.json" "$folder/in-use.json" | grep -c '^[<>]')" >&2
    exit 1
fi
echo "drill.sh: the restored memories are those in use, byte for byte ($(wc -c < "$folder/restored.json") bytes)"
