/** Waits until `look` finds something, looking again and again; fails loudly after `withinMs`. */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 10_000,
): Promise<T> {
  const endMs = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found as T
    if (performance.now() > endMs) throw new Error(`Waited ${withinMs} ms in vain for: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}
