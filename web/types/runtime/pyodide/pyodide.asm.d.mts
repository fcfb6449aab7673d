/** Emscripten's module of Pyodide, which has no types of its own. */
declare const create: (settings: any) => Promise<any>;
export default create;
