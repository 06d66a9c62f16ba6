/** A file of the build that is loaded once it is needed, so that the panel is there sooner. */

/** `file`: its address beside the panel's, named by the build. Rejects if it does not arrive; the next call tries again. */
export function lazy<T>(file: string): () => Promise<T> {
  let loading: Promise<T> | undefined;
  /** As in loader.ts: a retry needs another URL. */
  let retrySuffix = "";
  return () => {
    const address = new URL(file + retrySuffix, import.meta.url).href;
    loading ??= (import(/* @vite-ignore */ address) as Promise<T>).catch((fault: unknown) => {
      loading = undefined;
      retrySuffix += "&again";
      throw fault;
    });
    return loading;
  };
}
