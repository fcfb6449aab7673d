/** In the site client-zip stands beside the engine; while checking types it is the package. */
export * from "client-zip";
