/** The parts of the chat that are loaded when they are first needed, so that the panel is there sooner. */

/** Of all sources, by the build. */
declare const VERSION: string;

/** The part's file is beside the panel's. Rejects if the part does not arrive; the next call tries again. */
export function lazy<T>(part: string): () => Promise<T> {
  let loading: Promise<T> | undefined;
  /** As in loader.ts: a retry needs another URL. */
  let retrySuffix = "";
  return () => {
    const address = new URL(`${part}.js?v=${VERSION}${retrySuffix}`, import.meta.url).href;
    loading ??= (import(/* @vite-ignore */ address) as Promise<T>).catch((fault: unknown) => {
      loading = undefined;
      retrySuffix += "&again";
      throw fault;
    });
    return loading;
  };
}
