#!/usr/bin/env bash
# Make a local stand-in for python:3.11-slim from Debian's packages, for machines that can't pull
# images. It has what the Dockerfiles use of the real one: Debian 12, `python` 3.11 and pip; and this
# machine's certificates and settings of pip, so that builds reach the package index that it reaches.
set -euo pipefail

image=python:3.11-slim
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

debootstrap --variant=minbase \
    --include=ca-certificates,python3,python3-pip,python3-venv bookworm "$root" >"$root.log" ||
    { tail "$root.log"; exit 1; }
rm "$root.log"
ln -s /usr/bin/python3 "$root/usr/local/bin/python"
rm -f "$root/usr/lib/python3.11/EXTERNALLY-MANAGED" # Debian's mark; the real image has none
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
if [ -f /etc/pip.conf ]; then
    cp /etc/pip.conf "$root/etc/pip.conf"
fi
tar --directory "$root" --create . |
    docker import --change 'CMD ["python"]' --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' - "$image"
