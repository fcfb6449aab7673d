/** In the site Pyodide stands beside the worker; while checking types it is the package. */
export * from "pyodide";
export type { PyProxy } from "pyodide/ffi";
