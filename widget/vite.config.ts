import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import * as table from "./src/masking-table.ts";

// One build for each file: widget.js, a classic script for every page of the shop; and the panel, loaded when it is first
// opened. Its URL has the version of all sources, so that no cache serves an old one; a cached widget.js still finds a panel.
const PANEL = `panel.js?v=${version()}`;

/** Ships what masking-table.ts exports, not what computes it. */
const maskingTable: Plugin = {
  name: "masking-table",
  load: (id) =>
    id.endsWith("/masking-table.ts") ? Object.entries(table).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join("") : null,
};

export default defineConfig(({ mode }) => {
  const isLoader = mode === "loader";
  return {
    publicDir: false as const,
    define: { PANEL_FILE: JSON.stringify(`widget/${PANEL}`) },
    plugins: [maskingTable],
    build: {
      outDir: "dist",
      target: "es2022",
      // Terser puts a function that is called once in the place of its call; Oxc, before it, finds what Terser does not.
      minify: "terser" as const,
      terserOptions: { ecma: 2020 as const, module: true, compress: { passes: 3, unsafe_arrows: true } },
      modulePreload: false as const,
      emptyOutDir: mode === "panel", // the first build
      rollupOptions: {
        input: `src/${mode}.ts`,
        preserveEntrySignatures: "strict" as const,
        output: {
          minify: true,
          entryFileNames: isLoader ? "widget.js" : "widget/panel.js",
          format: isLoader ? ("iife" as const) : ("es" as const),
        },
      },
    },
  };
});

function version(): string {
  const sources = readdirSync("src").sort().map((file) => readFileSync(`src/${file}`));
  const rules = readFileSync("../shop/masking/secrets.json");
  return createHash("sha256").update(Buffer.concat([...sources, rules])).digest("hex").slice(0, 12);
}
