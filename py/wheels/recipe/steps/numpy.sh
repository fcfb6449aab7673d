#!/bin/sh
# NumPy's wheel, unabridged -> /build/full. Runs inside the chroot.
#
# usage: numpy.sh VERSION
set -eu
. /recipe/steps/target.sh
build=/build/numpy
rm -rf $build
mkdir -p $build /build/full
cp -r "/build/sources/numpy-$1" $build/source
meson_cross_file $target_python/pkgconfig > $build/cross.ini
pretend_pyodide
cd $build/source
# No BLAS: there is none for this target that is worth its size; NumPy's own LAPACK subset serves numpy.linalg.
python -m build --wheel --no-isolation --skip-dependency-check -o /build/full \
    -Cbuild-dir=$build/objects -Csetup-args=--cross-file=$build/cross.ini -Csetup-args=-Dbuildtype=release \
    -Csetup-args=-Dallow-noblas=true -Csetup-args=-Dblas=none -Csetup-args=-Dlapack=none \
    -Csetup-args=-Ddisable-threading=true -Ccompile-args=-j"$JOBS"
