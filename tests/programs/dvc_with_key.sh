#!/bin/bash
# In the place of dvc, which can't reach a drive here: shows its command and what it is given.
echo "dvc $*"
[ "$1" = pull ] || exit 0
stat -c %a "$RUNNER_TEMP/key.json"
cat "$RUNNER_TEMP/key.json"
echo "$RUNNER_TEMP" > "$TEST_ARTIFACTS.txt"
exit 7
