#!/bin/sh
# Headers and sysconfig data of Pyodide's CPython -> /build/target-python. Runs inside the chroot.
set -eu
. /recipe/steps/target.sh

python3.14 /recipe/python_target.py /pyodide/python_stdlib.zip /usr/include/python3.14 \
    /usr/include/x86_64-linux-gnu/python3.14/pyconfig.h $target_python
emcc $compile_flags -I$target_python/include -c /recipe/check_pyconfig.c -o /dev/null
install_compilers
