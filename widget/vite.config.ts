import { readdirSync } from "node:fs";
import { defineConfig } from "vite";

// Two builds: the panel, fetched when it is first opened, under a name that changes with what is in it; then widget.js,
// a classic script that every page of the shop loads and that leaves no global behind.
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
      output: { entryFileNames: "widget/panel-[hash].js", format: "es" as const },
    },
  },
};

function loader() {
  const [file] = readdirSync("dist/widget").filter((name) => name.startsWith("panel-"));
  return {
    publicDir: false as const,
    define: { PANEL_FILE: JSON.stringify(`widget/${file}`) },
    build: {
      ...shared,
      emptyOutDir: false,
      rollupOptions: { input: "src/loader.ts", output: { entryFileNames: "widget.js", format: "iife" as const } },
    },
  };
}
