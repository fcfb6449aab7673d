#!/bin/sh
# Make the Debian chroot that everything else runs in. Runs on the host, as root.
#
# usage: chroot.sh CHROOT SUITE MIRROR
#
# A chroot, because the compiler must be of the same generation as the one that built Pyodide: the release that the
# host runs rarely has such an Emscripten, and nothing is installed on the host this way.
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

# A mirror that stands still (a snapshot of the archive, which is what makes a rebuild exact) is older than the date
# until which its index calls itself valid. Its signature is checked all the same.
echo 'Acquire::Check-Valid-Until "false";' > "$chroot/etc/apt/apt.conf.d/99still-mirror"

# No package may start a service in here.
printf '#!/bin/sh\nexit 101\n' > "$chroot/usr/sbin/policy-rc.d"
chmod +x "$chroot/usr/sbin/policy-rc.d"

# Names and certificate authorities as the host has them: a network with a TLS proxy has an authority of its own.
for file in resolv.conf hosts; do
    if [ -e "/etc/$file" ]; then cp -fL "/etc/$file" "$chroot/etc/$file"; fi
done
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    cp -fL /etc/ssl/certs/ca-certificates.crt "$chroot/opt/host-certificates.crt"
fi
