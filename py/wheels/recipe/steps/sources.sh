#!/bin/bash
# Fetch all sources into /build/sources, unpack and patch them. Runs inside the chroot. build_wheels.py then compares the
# archives with lock.json.
#
# usage: sources.sh NUMPY_VERSION PILLOW_VERSION
set -eu
numpy=$1
pillow=$2
sources=/build/sources
rm -rf $sources
mkdir -p $sources
cd $sources

# pip asks a source distribution for its metadata even if it shall only be downloaded, and NumPy's backend answers
# with a whole native configure run. This stand-in for the backend answers with the lines that pip reads.
stub=$(mktemp -d)
cat > "$stub/mesonpy.py" <<'PYTHON'
import pathlib, tomllib

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    project = tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]
    info = pathlib.Path(directory, f"{project['name']}-{project['version']}.dist-info")
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    return info.name
PYTHON
for requirement in "numpy==$numpy" "pillow==$pillow"; do
    PYTHONPATH=$stub python3.14 -m pip --python /opt/tools/bin/python download -q --no-deps --no-build-isolation \
        --no-binary :all: -d $sources "$requirement"
done
tar xf "numpy-$numpy.tar.gz"
tar xf "pillow-$pillow.tar.gz"

# The image libraries as Debian keeps them: upstream's archives and the security fixes since, applied by dpkg-source.
for package in libjpeg-turbo libwebp tiff openjpeg2 lcms2 dav1d libavif; do
    apt-get source -q "$package"
done
# Of FreeType upstream's archive alone: Debian's patches are about how its shared library is built and documented, and
# a mirror was seen to lack the file that lists them.
apt-get source -q --tar-only freetype
tar xf freetype_*.orig.tar.xz

# What has to be changed for this target; each patch says why.
for patch in /recipe/patches/*.patch; do
    name=$(basename "$patch" .patch)
    patch -p1 -d "$(echo "$name"-[0-9]*/)" < "$patch"
done
