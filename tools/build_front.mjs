// The part of the front end's build that needs Node: Sass -> CSS for old browsers, one script, no source fetched at run time.
// Called by tools/build_front.py with the repository's root and the folder to write to.
import fs from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { transform } from "lightningcss";
import * as sass from "sass";

const [root, out] = process.argv.slice(2);
const modules = path.join(root, "node_modules");
const front = path.join(root, "src/tinhso/web/front");
// the last Chrome on Windows 7 and 8.1, Firefox ESR 115, Safari on iPhones of 2015
const targets = { chrome: 109 << 16, firefox: 115 << 16, safari: (15 << 16) | (4 << 8), ios_saf: (15 << 16) | (4 << 8) };
const quiet = { ...sass.Logger.silent, warn: (text, { deprecation }) => deprecation || process.stderr.write(`${text}\n`) };

for (const name of ["public", "desk"]) {
  const made = sass.compile(path.join(front, "scss", `${name}.scss`), { loadPaths: [modules], quietDeps: true, logger: quiet });
  const { code } = transform({ filename: `${name}.css`, code: Buffer.from(made.css), minify: true, targets });
  fs.writeFileSync(path.join(out, `${name}.css`), code);
}
esbuild.buildSync({
  // what every page loads, and what only the screen of a hall does
  entryPoints: ["app", "hall"].map((name) => path.join(front, `js/${name}.js`)),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari15.4"],
  legalComments: "none",
  outdir: out,
  nodePaths: [modules],
});
