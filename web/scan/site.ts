/** Addresses of the site's other files; the build writes them in, because their names carry a digest of their content. */

declare const YINXIN_READER: string;
declare const YINXIN_ICON: string;

/** The reader's worker. */
export const READER: string = YINXIN_READER;

/** The seal. */
export const ICON: string = YINXIN_ICON;

/** The service worker; its name stays, because browsers ask for it again. */
export const SERVICE_WORKER = "/sw.js";
