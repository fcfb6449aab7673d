/** Where this site is. The build keeps this module one folder below it, like every module that asks for its address. */
export const SITE = new URL("..", import.meta.url);
