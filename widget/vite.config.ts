import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

// Two builds: the panel, loaded when it is first opened; and widget.js, a classic script without globals for every page
// of the shop. The panel's URL has a version, so that no cache serves an old panel; a cached widget.js still finds one.
export default defineConfig(({ mode }) => (mode === "panel" ? panel : loader()));

const shared = { outDir: "dist", target: "es2022", modulePreload: false } as const;

const panel = {
  publicDir: false as const,
  build: {
    ...shared,
    emptyOutDir: true,
    rollupOptions: {
      input: "src/panel.ts",
      preserveEntrySignatures: "strict" as const,
      output: { entryFileNames: "widget/panel.js", format: "es" as const },
    },
  },
};

function loader() {
  const version = createHash("sha256").update(readFileSync("dist/widget/panel.js")).digest("hex").slice(0, 12);
  return {
    publicDir: false as const,
    define: { PANEL_FILE: JSON.stringify(`widget/panel.js?v=${version}`) },
    build: {
      ...shared,
      emptyOutDir: false,
      rollupOptions: { input: "src/loader.ts", output: { entryFileNames: "widget.js", format: "iife" as const } },
    },
  };
}
