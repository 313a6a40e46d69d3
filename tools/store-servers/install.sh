#!/usr/bin/env bash
# Installs Ceph's S3 gateway from Debian where it is missing: the store that tests of S3 rest on. Needs root to do so.
set -euo pipefail

missing=()
for command in radosgw ceph-mon ceph-osd ceph-authtool openssl; do
  command -v "$command" >/dev/null || missing+=("$command")
done
if [ "${#missing[@]}" -eq 0 ]; then
  radosgw --version
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Expected ${missing[*]}; run as root on Debian: bash tools/store-servers/install.sh" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends ceph-mon ceph-osd radosgw ceph-common openssl >/dev/null
radosgw --version
