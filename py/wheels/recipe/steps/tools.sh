#!/bin/sh
# Install compiler and build tools. Runs inside the chroot.
set -eu
export DEBIAN_FRONTEND=noninteractive

apt-get update -q
# libpython3.14-dev and zlib1g-dev are here for their headers, libsimde-dev for libjpeg-turbo's NEON code (see libraries.sh).
apt-get install -q -y --no-install-recommends \
    emscripten python3.14 python3.14-venv python3-pip libpython3.14-dev zlib1g-dev libsimde-dev \
    cmake make ninja-build pkg-config gcc libc6-dev dpkg-dev patch xz-utils ca-certificates

# Python's own build tools come from PyPI, exact versions with hashes: Debian's move on with the suite.
if [ ! -x /opt/tools/bin/python ]; then
    python3.14 -m venv --without-pip /opt/tools
fi
python3.14 -m pip --python /opt/tools/bin/python install -q --require-hashes -r /recipe/tools.txt
