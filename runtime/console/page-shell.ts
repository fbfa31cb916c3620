/** The HTML around the pages' scripts, and the policy that lets nothing else run in it. */
import { createHash } from 'node:crypto'

/** Bare imports in the compiled pages, and where the console serves them. */
const imports = {
  preact: '/preact/preact.mjs',
  'preact/hooks': '/preact/hooks.mjs',
  'preact/jsx-runtime': '/preact/jsxRuntime.mjs',
}
const importMap = JSON.stringify({ imports })
const importMapHash = createHash('sha256').update(importMap).digest('base64')

/** Scripts and styles come from our own files only; text can never become script (Trusted Types). */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${importMapHash}'`,
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const icon = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='#0f766e'/><path d='M5 13V4m6 9V4' stroke='#fff' stroke-width='2' stroke-linecap='round'/></svg>`

export interface PageShell {
  title: string
  /** The module that puts the page's content into it. */
  script: string
  styles: readonly string[]
}

export const pageHtml = ({ title, script, styles }: PageShell): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
${styles.map((style) => `<link rel="stylesheet" href="${style}">`).join('\n')}
<script type="importmap">${importMap}</script>
<script type="module" src="${script}"></script>
</head>
<body><div id="page"></div><noscript>This page needs JavaScript.</noscript></body>
</html>
`

/** A page of the console. */
export const pageShell = (script: 'setup-page' | 'login-page' | 'store-page'): string =>
  pageHtml({
    title: 'Open Aisle',
    script: `/pages/${script}.js`,
    styles: ['/styles/pages.css', '/styles/simulation.css'],
  })
