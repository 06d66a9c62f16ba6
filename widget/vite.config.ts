import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

// Four builds: the masking rules, and what sends and shows photos, loaded by the panel; the panel, loaded when it is first
// opened; and widget.js, a classic script for every page of the shop. What a file loads has a version in its URL, so that no cache serves an old one; a
// cached widget.js still finds a panel.
export default defineConfig(({ mode }) => {
  if (mode === "masking") return module("masking", {});
  if (mode === "photos") return module("photos", {});
  if (mode === "panel") return module("panel", { MASKING_FILE: versioned("masking.js"), PHOTOS_FILE: versioned("photos.js") });
  return {
    publicDir: false as const,
    define: { PANEL_FILE: versioned("panel.js", "widget/") },
    build: {
      ...shared,
      rollupOptions: { input: "src/loader.ts", output: { entryFileNames: "widget.js", format: "iife" as const } },
    },
  };
});

const shared = { outDir: "dist", target: "es2022", modulePreload: false, emptyOutDir: false } as const;

function module(name: string, define: Record<string, string>) {
  return {
    publicDir: false as const,
    define,
    build: {
      ...shared,
      emptyOutDir: name === "masking", // the first build
      rollupOptions: {
        input: `src/${name}.ts`,
        preserveEntrySignatures: "strict" as const,
        output: { entryFileNames: `widget/${name}.js`, format: "es" as const },
      },
    },
  };
}

/** The file's URL beside the one that loads it. */
function versioned(file: string, folder = ""): string {
  const version = createHash("sha256").update(readFileSync(`dist/widget/${file}`)).digest("hex").slice(0, 12);
  return JSON.stringify(`${folder}${file}?v=${version}`);
}
