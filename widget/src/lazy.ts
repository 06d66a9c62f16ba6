/** The files that are loaded when they are first needed, so that the panel is there sooner. */

/** The version of all sources, set by the build. */
declare const VERSION: string;

/** The file is beside the panel's. Rejects if it does not arrive; the next call tries again. */
export function lazy<T>(file: string, arrived = (_: T) => {}): () => Promise<T> {
  let loading: Promise<T> | undefined;
  /** A retry needs another URL, because browsers cache a failed import (loader.ts). */
  let retrySuffix = "";
  return () => {
    const address = new URL(`${file}.js?v=${VERSION}${retrySuffix}`, import.meta.url).href;
    loading ??= (import(/* @vite-ignore */ address) as Promise<T>).then(
      (code) => (arrived(code), code),
      (fault: unknown) => {
        loading = undefined;
        retrySuffix += "&again";
        throw fault;
      },
    );
    return loading;
  };
}
