import type { TillEvent } from './events.ts'

/** The events in a newline-delimited stream; empty lines keep it alive. `onBytes` is called for whatever arrives. */
export async function* eventLines(body: AsyncIterable<Uint8Array>, onBytes: () => void): AsyncGenerator<TillEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    onBytes()
    rest += decoder.decode(bytes, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield JSON.parse(line) as TillEvent
  }
}
