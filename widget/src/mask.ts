/** The masking rules: a file of their own, loaded once the panel is there, so that the panel is there sooner. */
export type Mask = (text: string) => string;

/** The file beside the panel's, named by the build. */
declare const MASKING_FILE: string;

let loading: Promise<Mask> | undefined;
/** As in loader.ts: a retry needs another URL. */
let retrySuffix = "";

/** Rejects if the file does not arrive; the next call tries again. */
export function loadMask(): Promise<Mask> {
  loading ??= fetchMask().catch((fault: unknown) => {
    loading = undefined;
    retrySuffix += "&again";
    throw fault;
  });
  return loading;
}

async function fetchMask(): Promise<Mask> {
  const file = new URL(MASKING_FILE + retrySuffix, import.meta.url).href;
  return ((await import(/* @vite-ignore */ file)) as typeof import("./masking")).mask;
}
