#!/bin/sh
# Make the Debian chroot that everything else runs in. Runs on the host, as root.
#
# usage: chroot.sh CHROOT SUITE MIRROR
#
# The compiler must be close to the version that built Pyodide. The host's Debian release rarely has such an Emscripten,
# and with a chroot nothing is installed on the host.
set -eu

chroot=$1
suite=$2
mirror=$3

if [ ! -e "$chroot/.complete" ]; then
    # The script for sid serves every later suite; an older debootstrap does not know the new ones by name.
    debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
        "$suite" "$chroot" "$mirror" /usr/share/debootstrap/scripts/sid
    touch "$chroot/.complete"
fi

cat > "$chroot/etc/apt/sources.list" <<SOURCES
deb $mirror $suite main
deb-src $mirror $suite main
SOURCES

# A frozen mirror (a snapshot of the archive, which makes an exact rebuild possible) is past its index's expiry date. Its
# signature is still checked.
echo 'Acquire::Check-Valid-Until "false";' > "$chroot/etc/apt/apt.conf.d/99still-mirror"

# No package may start a service in here.
printf '#!/bin/sh\nexit 101\n' > "$chroot/usr/sbin/policy-rc.d"
chmod +x "$chroot/usr/sbin/policy-rc.d"

# Use the host's names and certificate authorities: a network with a TLS proxy has its own authority.
for file in resolv.conf hosts; do
    if [ -e "/etc/$file" ]; then cp -fL "/etc/$file" "$chroot/etc/$file"; fi
done
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    cp -fL /etc/ssl/certs/ca-certificates.crt "$chroot/opt/host-certificates.crt"
fi
