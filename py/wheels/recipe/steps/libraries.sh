#!/bin/bash
# The image libraries, static, for Pillow -> /build/prefix. Runs inside the chroot.
#
# Decoders for what cameras, phones and scanners write; of AVIF the decoder only (an encoder is larger than all the
# rest together). No threads anywhere: Pyodide has none.
set -eu
. /recipe/steps/target.sh

sources=/build/sources
objects=/build/libraries
rm -rf $prefix $objects
mkdir -p $prefix/include $prefix/lib/pkgconfig $objects
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig EM_PKG_CONFIG_PATH=$prefix/lib/pkgconfig

# usage: build_with_cmake NAME EXTRA_COMPILE_FLAGS CMAKE_ARGUMENT…
build_with_cmake() {
    local name=$1 flags="$compile_flags $2" build=$objects/$1
    shift 2
    emcmake cmake -G Ninja -S "$(echo "$sources/$name"-[0-9]*/)" -B "$build" \
        -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_INSTALL_PREFIX=$prefix -DCMAKE_INSTALL_LIBDIR=lib \
        -DCMAKE_PREFIX_PATH=$prefix -DCMAKE_FIND_ROOT_PATH=$prefix \
        -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" \
        -DCMAKE_C_FLAGS_RELEASE=-DNDEBUG -DCMAKE_CXX_FLAGS_RELEASE=-DNDEBUG "$@"
    ninja -C "$build" -j "$JOBS" install
}
zlib=(-DZLIB_INCLUDE_DIR=$prefix/include -DZLIB_LIBRARY=$prefix/lib/libz.a)

# zlib: headers only. Pyodide's main module has the code and exports it; the empty archive satisfies build systems.
cp /usr/include/zlib.h "$(find /usr/include -name zconf.h | head -n 1)" $prefix/include/
echo 'typedef int zlib_is_in_the_main_module;' > $objects/zlib.c
emcc $compile_flags -c $objects/zlib.c -o $objects/zlib.o
emar rcs $prefix/lib/libz.a $objects/zlib.o
cat > $prefix/lib/pkgconfig/zlib.pc <<PC
Name: zlib
Description: in Pyodide's main module
Version: $(sed -n 's/^#define ZLIB_VERSION "\([0-9.]*\).*/\1/p' $prefix/include/zlib.h)
Cflags: -I$prefix/include
Libs: -L$prefix/lib -lz
PC

# JPEG, with the NEON code on WebAssembly SIMD (patches/libjpeg-turbo.patch); it is configured as if for 32-bit Arm.
build_with_cmake libjpeg-turbo -mfpu=neon -DEMSCRIPTEN_SYSTEM_PROCESSOR=arm -DNEON_INTRINSICS=1 -DWITH_SIMD=1 \
    -DREQUIRE_SIMD=1 -DENABLE_SHARED=0 -DWITH_TURBOJPEG=0 -DWITH_TOOLS=0 -DWITH_TESTS=0

# WebP, with the SSE4.1 code on WebAssembly SIMD (patches/libwebp.patch).
build_with_cmake libwebp -msse4.1 -DWEBP_ENABLE_SIMD=ON -DWEBP_USE_THREAD=OFF -DWEBP_BUILD_LIBWEBPMUX=ON \
    -DWEBP_BUILD_{ANIM_UTILS,CWEBP,DWEBP,GIF2WEBP,IMG2WEBP,VWEBP,WEBPINFO,WEBPMUX,EXTRAS}=OFF

# TIFF. Its search for the C maths library has to be disabled.
build_with_cmake tiff "" -Dtiff-{tools,tests,contrib,docs}=OFF -D{cxx,lzma,zstd,libdeflate,jbig,lerc,webp}=OFF \
    "${zlib[@]}" -DJPEG_INCLUDE_DIR=$prefix/include -DJPEG_LIBRARY=$prefix/lib/libjpeg.a -DCMath_LIBRARY=

# JPEG 2000.
build_with_cmake openjpeg2 -msse4.1 -DBUILD_CODEC=OFF -DBUILD_STATIC_LIBS=ON -DBUILD_TESTING=OFF -DOPJ_USE_THREAD=OFF

# ICC profiles.
cp -r $sources/lcms2-[0-9]*/ $objects/lcms2
(
    cd $objects/lcms2
    emconfigure ./configure --host=wasm32-unknown-emscripten --prefix=$prefix --disable-shared --enable-static \
        --without-jpeg --without-tiff --without-threads CFLAGS="$compile_flags" CXXFLAGS="$compile_flags"
    make -j "$JOBS" -C src install
    make -C include install
    make install-pkgconfigDATA
)

# Fonts.
build_with_cmake freetype "" -DFT_DISABLE_{HARFBUZZ,BROTLI,BZIP2,PNG}=ON -DFT_REQUIRE_ZLIB=ON "${zlib[@]}"

# AVIF: dav1d decodes AV1, libavif reads the container.
meson_cross_file $prefix/lib/pkgconfig > $objects/cross.ini
meson setup $objects/dav1d $sources/dav1d-[0-9]*/ --cross-file $objects/cross.ini --prefix=$prefix --libdir=lib \
    -Dbuildtype=release -Ddefault_library=static -Denable_asm=false -Denable_tools=false -Denable_tests=false
ninja -C $objects/dav1d -j "$JOBS" install
build_with_cmake libavif "" -DAVIF_CODEC_DAV1D=SYSTEM -DAVIF_CODEC_AOM=OFF \
    -DAVIF_{LIBYUV,LIBSHARPYUV,LIBXML2}=OFF -DAVIF_BUILD_{APPS,TESTS}=OFF
