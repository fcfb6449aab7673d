#!/bin/sh
# Run a command inside the chroot. Runs on the host, as root, in a mount namespace of its own (`unshare --mount`):
# the mounts end with the command, so that the work folder can be deleted at any time without a thought for them.
#
# usage: unshare --mount --propagation private enter.sh WORK RECIPE PYODIDE COMMAND…
#
# Inside, the three folders always stand at /build, /recipe and /pyodide. Paths end up in what is built (NumPy's
# __config__.py, for one), so fixed ones make the result the same wherever WORK is.
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
