/**
 * Suffixes of picture files: some systems report no media type for them, and folders contain other files too. Formats
 * that Onsight cannot open are included, so that users see why. A test compares this list with onsight.files.suffixes.
 */

const SUFFIXES = new Set(
  [
    "3fr apng ari arw avif avifs bay bmp bpg cap cr2 cr3 crw cur dcr dcs dds dib dng drf eip eps erf exr fff gif",
    "gpr hdp hdr heic heics heif heifs hif icns ico iiq j2c j2k jfi jfif jif jp2 jpc jpe jpeg jpf jpg jpm jps jpx",
    "jxl jxr k25 kdc mdc mef mos mpo mrw nef nrw orf pam pbm pef pfm pgm pjp pjpeg png pnm ppm psb psd ptx pxn",
    "qoi r3d raf raw rw2 rwl rwz sr2 srf srw svg tga tif tiff wdp webp x3f xcf",
  ]
    .join(" ")
    .split(" "),
);

/** @param {string} name of a file */
export function hasPictureSuffix(name) {
  const dot = name.lastIndexOf(".");
  return dot > 0 && SUFFIXES.has(name.slice(dot + 1).toLowerCase());
}

/**
 * Whether a file may describe a picture in the same folder: an XMP sidecar, or Google Takeout's JSON.
 * @param {{name: string}} file
 */
export function isSidecar({ name }) {
  return !name.startsWith(".") && /\.(?:xmp|json)$/i.test(name);
}
