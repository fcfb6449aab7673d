# The build target and its flags, in one place. Sourced by the steps that compile.

prefix=/build/prefix               # the static image libraries: lib/, include/, lib/pkgconfig/
target_python=/build/target-python # headers, pkg-config files and sysconfig data of Pyodide's CPython

# Pyodide's ABI: C++ exceptions and longjmp by WebAssembly's own exceptions, in the form that came first (`try`, not
# `try_table`). A side module that was compiled for the way through JavaScript loads and then fails at its first longjmp,
# which is how libjpeg, FreeType and others report a broken file.
exceptions="-fwasm-exceptions -sWASM_LEGACY_EXCEPTIONS=1 -sSUPPORT_LONGJMP=wasm"
# -fPIC: a side module is shared code. -msimd128: every browser that runs Pyodide 314 has WebAssembly SIMD.
compile_flags="-O3 -g0 -fPIC -msimd128 $exceptions"
link_flags="-O3 -g0 $exceptions"

export PATH=/opt/tools/bin:$PATH

# Build systems get the compilers under these names, see compiler.sh.
install_compilers() {
    install -D -m 755 /recipe/steps/compiler.sh /build/bin/pyodide-cc
    install -m 755 /recipe/steps/compiler.sh /build/bin/pyodide-c++
}

# usage: meson_cross_file PKG_CONFIG_DIRECTORY > FILE
meson_cross_file() {
    sed -e "s|@pkg_config@|$1|" \
        -e "s|@compile_flags@|'$(echo "$compile_flags" | sed "s/ /', '/g")'|" \
        -e "s|@link_flags@|'$(echo "$link_flags" | sed "s/ /', '/g")'|" \
        /recipe/emscripten.meson.in
}

# Make Python's build tools believe that they run on Pyodide: suffix of extension modules, wheel tags, compiler flags.
pretend_pyodide() {
    export _PYTHON_HOST_PLATFORM=$PLATFORM
    export _PYTHON_SYSCONFIGDATA_NAME=_sysconfigdata__emscripten_wasm32-emscripten
    export PYTHONPATH=$target_python/sysconfig
}
