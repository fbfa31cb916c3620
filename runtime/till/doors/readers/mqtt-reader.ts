import type { Clock } from '../../../contract/clock.ts'
import type { MqttReceiver } from '../../../devices/mqtt-receiver.ts'
import { type CodeFraming, CodeSplitter } from '../code-splitter.ts'

/** A reader that publishes each code as one message, with or without a terminator. */
export function mqttReader(
  topic: string,
  framing: CodeFraming,
  clock: Clock,
  onCode: (code: string) => void,
): MqttReceiver {
  const splitter = new CodeSplitter(framing, clock, onCode)
  return {
    topics: [topic],
    take: (_topic, payload) => splitter.push(Buffer.concat([payload, Buffer.from(framing.terminator)])),
    start() {},
    stop: () => splitter.reset(),
  }
}
