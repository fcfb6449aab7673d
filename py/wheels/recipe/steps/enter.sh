#!/bin/sh
# Run a command inside the chroot. Runs on the host, as root, in its own mount namespace (`unshare --mount`):
# the mounts end with the command, so the work folder can be deleted safely at any time.
#
# usage: unshare --mount --propagation private enter.sh WORK RECIPE PYODIDE COMMAND…
#
# Inside, the three folders are always /build, /recipe and /pyodide. Paths end up in the build's output (for example in
# NumPy's __config__.py), so fixed paths make the result independent of WORK.
set -eu

work=$1
recipe=$2
pyodide=$3
shift 3
chroot=$work/chroot

mkdir -p "$chroot/build" "$chroot/recipe" "$chroot/pyodide"
mount -t proc proc "$chroot/proc"
mount --rbind /dev "$chroot/dev"
mount --bind "$work" "$chroot/build"
mount --bind -o ro "$recipe" "$chroot/recipe"
mount --bind -o ro "$pyodide" "$chroot/pyodide"
exec chroot "$chroot" "$@"
