#!/bin/sh
# Pillow's wheel, unabridged -> /build/full. Runs inside the chroot.
#
# usage: pillow.sh VERSION
set -eu
. /recipe/steps/target.sh
build=/build/pillow
rm -rf $build
mkdir -p $build /build/full
cp -r "/build/sources/pillow-$1" $build/source
pretend_pyodide
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig
export CC=/build/bin/pyodide-cc CXX=/build/bin/pyodide-c++ AR=emar
export CFLAGS="$compile_flags -I$target_python/include -I$prefix/include"
export LDSHARED="$CC $link_flags" LDCXXSHARED="$CXX $link_flags"
# Two static libraries that Pillow does not name because its own libraries' shared forms would (libwebp needs sharpyuv,
# libavif dav1d). Nothing complains at link time if they are missing: a side module may have undefined symbols.
export LDFLAGS="-L$prefix/lib -lsharpyuv -ldav1d"
cd $build/source
# Each library is named so that a missing one fails the build instead of giving a Pillow that cannot read the format.
python -m build --wheel --no-isolation --skip-dependency-check -o /build/full -Cparallel="$JOBS" \
    -Cplatform-guessing=disable -Czlib=enable -Cjpeg=enable -Ctiff=enable -Cjpeg2000=enable -Cwebp=enable \
    -Clcms=enable -Cfreetype=enable -Cavif=enable \
    -Craqm=disable -Cfribidi=disable -Cimagequant=disable -Cxcb=disable
