#!/bin/sh
# What the wheels are verified with: a native NumPy and Pillow, pytest, Pillow's test pictures. Runs inside the chroot.
#
# usage: references.sh PILLOW_VERSION
set -eu
verify=/build/verify
rm -rf $verify
mkdir -p $verify
if [ ! -x /opt/reference/bin/python ]; then
    python3.14 -m venv --without-pip /opt/reference
fi
python3.14 -m pip --python /opt/reference/bin/python install -q --require-hashes -r /recipe/verify/reference.txt
python3.14 -m pip --python /opt/reference/bin/python download -q --require-hashes -d $verify/pytest \
    -r /recipe/verify/tools.txt
cp -r "/build/sources/pillow-$1" $verify/pillow
