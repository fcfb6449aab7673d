#!/bin/sh
# emcc and em++ for build systems that do not know about side modules; installed as pyodide-cc and pyodide-c++.
#
# When an extension module is linked (-o …/NAME.cpython-*.so), say that it is a side module and export PyInit_NAME:
# SIDE_MODULE=2 exports nothing by itself (the default visibility of Py_EXPORTED_SYMBOL does not count) and gives a
# module of a few dozen bytes; SIDE_MODULE=1 exports everything, and nothing unused can be dropped.
#
# These flags are here and not in the build system's link flags, because those would also apply to every check for an
# available function. A side module may have undefined symbols, so every check would succeed: NumPy would "find"
# backtrace(), which Pyodide does not have, and the interpreter would crash at import.
set -eu

case "$0" in
*-c++) compiler=em++ ;;
*) compiler=emcc ;;
esac

# Drop flags that ask for threads (Meson's dependency('threads') does): Pyodide has none, and single-threaded and threaded
# objects do not link with each other.
count=$#
while [ "$count" -gt 0 ]; do
    argument=$1
    shift
    count=$((count - 1))
    case "$argument" in
    -pthread | -sUSE_PTHREADS=* | -sPTHREAD_POOL_SIZE=*) ;;
    *) set -- "$@" "$argument" ;;
    esac
done

output=
previous=
linking=yes
for argument in "$@"; do
    if [ "$previous" = -o ]; then output=$argument; fi
    case "$argument" in -c | -E | -S) linking=no ;; esac
    previous=$argument
done

case "$linking $output" in
"yes "*.cpython-*.so)
    module=$(basename "$output")
    exec "$compiler" "$@" -sSIDE_MODULE=2 "-sEXPORTED_FUNCTIONS=_PyInit_${module%%.*}"
    ;;
esac
exec "$compiler" "$@"
