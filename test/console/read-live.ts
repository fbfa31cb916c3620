import assert from 'node:assert/strict'
import type { LiveEvent } from '../../runtime/console/pages/live-view.ts'
import { request, type TestConsole } from './running-console.ts'

/** Reads a page's event stream until `wanted` is among its events. */
export async function readUntil(running: TestConsole, wanted: (event: LiveEvent) => boolean): Promise<LiveEvent[]> {
  const answer = await request(running, '/api/live')
  assert.equal(answer.headers.get('content-type'), 'text/event-stream')
  const events: LiveEvent[] = []
  let text = ''
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, type, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
      if (type && data) events.push({ type, ...JSON.parse(data) })
    }
    if (events.some(wanted)) return events
  }
  return events
}
