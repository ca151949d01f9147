#!/usr/bin/env bash
# Make local stand-ins for python:3.11-slim and registry:2 from Debian's packages, for machines that
# can't pull images. The first has what the Dockerfiles use of the real one: Debian 12, `python` 3.11
# and pip; and this machine's certificates and settings of pip, so that builds reach the package index
# that it reaches. The second is the same registry as the real one, at the same port.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
root=$folder/root

debootstrap --variant=minbase \
    --include=ca-certificates,python3,python3-pip,python3-venv bookworm "$root" >"$folder/log" ||
    { tail "$folder/log"; exit 1; }
ln -s /usr/bin/python3 "$root/usr/local/bin/python"
rm -f "$root/usr/lib/python3.11/EXTERNALLY-MANAGED" # Debian's mark; the real image has none
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
if [ -f /etc/pip.conf ]; then
    cp /etc/pip.conf "$root/etc/pip.conf"
fi
path='ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin'
tar --directory "$root" --create . |
    docker import --change 'CMD ["python"]' --change "$path" - python:3.11-slim

(cd "$folder" && apt-get download -qq docker-registry && dpkg --extract docker-registry_*.deb registry)
cp "$folder/registry/usr/bin/docker-registry" "$root/usr/bin/"
cat >"$root/etc/registry.yml" <<'END'
version: 0.1
storage:
  filesystem: {rootdirectory: /var/lib/registry}
  delete: {enabled: true}
http:
  addr: :5000
END
tar --directory "$root" --create . |
    docker import --change "$path" --change 'EXPOSE 5000' \
        --change 'CMD ["docker-registry", "serve", "/etc/registry.yml"]' - registry:2
