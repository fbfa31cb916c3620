/** The browser of browser tests: Debian's Chromium, or any other that `CHROMIUM` names. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of a Chromium, or null when this machine has none. */
export function findChromium(): string | null {
  return places.find((path) => path && existsSync(path)) ?? null
}

/** Starts it, or skips the calling suite with a line that says why. */
export async function openBrowser(suite: Mocha.Context): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath) {
    console.log('      skipped: there is no Chromium here (set CHROMIUM to one, or install the package chromium)')
    return suite.skip()
  }
  return await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}
