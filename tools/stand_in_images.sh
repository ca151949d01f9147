#!/usr/bin/env bash
# Make local stand-ins for python:3.11-slim, registry:2 and AWS's base for Lambda from Debian's
# packages, for machines that can't pull images. The first has what the Dockerfiles use of the real
# one: Debian 12, `python` 3.11 and pip; and this machine's certificates and settings of pip, so that
# builds reach the package index that it reaches. The second is the same registry as the real one, at
# the same port. The third has AWS's own runtime client and emulator, on Debian 13's Python 3.13 in
# place of Amazon Linux's.
set -euo pipefail

steps=$(dirname "$0")/../step_8_lambda
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# make_root RELEASE FOLDER: a Debian with Python
make_root() {
    debootstrap --variant=minbase \
        --include=ca-certificates,python3,python3-pip,python3-venv "$1" "$2" >"$folder/log" ||
        { tail "$folder/log"; exit 1; }
    rm -f "$2"/usr/lib/python3.*/EXTERNALLY-MANAGED # Debian's mark; the real images have none
    rm -rf "$2"/var/cache/apt/* "$2"/var/lib/apt/lists/*
    cp -L /etc/ssl/certs/ca-certificates.crt "$2/etc/ssl/certs/ca-certificates.crt"
    if [ -f /etc/pip.conf ]; then
        cp /etc/pip.conf "$2/etc/pip.conf"
    fi
}

root=$folder/root
make_root bookworm "$root"
ln -s /usr/bin/python3 "$root/usr/local/bin/python"
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

root=$folder/lambda
make_root trixie "$root"
python3 -m pip download --quiet --no-deps --dest "$folder" -r "$steps/requirements/emulator.txt"
python3 -m zipfile --extract "$folder"/aws_sam_cli-*.whl "$folder/sam"
install "$folder/sam/samcli/local/rapid/aws-lambda-rie-x86_64" "$root/usr/local/bin/aws-lambda-rie"
python3 -m pip install --quiet --target "$root/var/runtime" --only-binary :all: \
    --python-version 3.13 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
    "$(grep --only-matching 'awslambdaric==[0-9.]*' "$steps/requirements.in")"
cat >"$root/lambda-entrypoint.sh" <<'END'
#!/bin/sh
export PYTHONPATH=/var/task:/var/runtime
exec aws-lambda-rie /usr/bin/python3 -m awslambdaric "$1"
END
chmod +x "$root/lambda-entrypoint.sh"
tar --directory "$root" --create . |
    docker import --change "$path" --change 'EXPOSE 8080' \
        --change 'ENTRYPOINT ["/lambda-entrypoint.sh"]' - public.ecr.aws/lambda/python:3.13
