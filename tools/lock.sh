#!/bin/sh
# Make the locked requirement files anew from the .in files: hashes for every platform, no registry address.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.boot/bin/uv}
lock() { "$uv" pip compile -q --python-version 3.13 --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
    --no-header --no-annotate "requirements/$1.in" ${2:+-c "requirements/$2.txt"} -o "requirements/$1.txt"; }
lock boot
lock base
lock build base
lock node
lock dev base
