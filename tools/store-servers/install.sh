#!/usr/bin/env bash
# Installs from Debian, where they are missing, Ceph's S3 gateway and the programs of others that read what Fogbound wrote:
# what tests of S3 rest on. Needs root to do so.
set -euo pipefail

missing=()
for command in radosgw ceph-mon ceph-osd ceph-authtool openssl rclone /usr/bin/aws s3cmd; do
  command -v "$command" >/dev/null || missing+=("$command")
done
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Expected ${missing[*]}; run as root on Debian: bash tools/store-servers/install.sh" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends \
    ceph-mon ceph-osd radosgw ceph-common openssl rclone awscli s3cmd >/dev/null
fi
radosgw --version
rclone version | head -n 1
/usr/bin/aws --version
s3cmd --version
