/**
 * The operator's console as a few files in memory, made from `console/` when it is first asked for: no build step, nothing to forget to build.
 * Names carry a hash of the content, so that browsers may keep them for ever and never show an old console.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = join(import.meta.dirname, '..', '..', 'console')

export interface Asset {
  readonly type: string
  readonly body: Buffer
}

export interface ConsoleBundle {
  /** By name below `/assets/`. */
  readonly assets: ReadonlyMap<string, Asset>
  readonly icon: Asset
  /** The page that loads them. */
  readonly page: string
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Builds under way in this process. */
let building = 0

/** `mode` is in the page before any script runs: what is live must say so also when nothing else works. */
export async function bundleConsole(mode: 'paper' | 'live'): Promise<ConsoleBundle> {
  // Loaded here: a worker process or the CLI never pays for the bundler.
  const esbuild = await import('esbuild')
  building += 1
  try {
    const built = await esbuild.build({
      entryPoints: [join(SOURCES, 'main.tsx'), join(SOURCES, 'styles', 'console.css')],
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
      outdir: 'assets',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      // What the build says is said by its exception.
      logLevel: 'silent',
    })
    const assets = new Map<string, Asset>()
    const add = (extension: string, body: Buffer, base: string): string => {
      const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
      const name = `${base}-${hash}.${extension}`
      assets.set(name, { type: TYPES[extension] ?? 'application/octet-stream', body })
      return `/assets/${name}`
    }
    const file = (extension: string): Buffer =>
      Buffer.from(built.outputFiles.find(({ path }) => path.endsWith(`.${extension}`))?.contents ?? [])
    const icon = readFileSync(join(SOURCES, `icon-${mode}.svg`))
    const names = {
      script: add('js', file('js'), 'console'),
      style: add('css', file('css'), 'console'),
      icon: add('svg', icon, `icon-${mode}`),
    }
    return { assets, icon: { type: TYPES['svg'] ?? '', body: icon }, page: pageOf(mode, names) }
  } finally {
    building -= 1
    // The bundler is a process of its own, shared by whoever builds; then nobody needs it any more.
    if (building === 0) await esbuild.stop()
  }
}

function pageOf(mode: string, names: { readonly script: string; readonly style: string; readonly icon: string }) {
  const word = mode.toUpperCase()
  return `<!doctype html>
<html lang="en" data-mode="${mode}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${word} · Truebook</title>
<link rel="icon" type="image/svg+xml" href="${names.icon}">
<link rel="stylesheet" href="${names.style}">
<script type="module" src="${names.script}"></script>
</head>
<body>
<div id="console"><p class="boot">Truebook ${word}: the console is loading. Without scripts, use the command line: truebook status</p></div>
</body>
</html>
`
}
