import { AisleError, errorSentence } from '../../runtime/contract/errors.ts'
import type { MessageType, Notification } from '../../runtime/contract/messages.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'
import { notificationText } from './text.ts'

export interface NotifySettings {
  channel: Notification['channel']
  recipient: string
  text: string
  url: string
}

const answerWithinMs = 10_000

export default (context: NodeContext<NotifySettings>): Controller<MessageType> => {
  const { channel, recipient, text: template } = context.settings
  const { clock, layout, names, isReplay } = context.store
  const speaker = channel === 'speaker' ? names.speakers?.find(({ id }) => id === recipient) : undefined
  const url = context.settings.url || (speaker?.url ?? '')

  const post = async (text: string) => {
    const late = new AbortController()
    const timer = clock.after(answerWithinMs, () => late.abort())
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ storeId: layout.storeId, channel, recipient, text, atMs: clock.nowMs() }),
        signal: AbortSignal.any([late.signal, context.signal]),
        redirect: 'error',
      })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`it answered ${response.status}`)
    } catch (error) {
      throw new AisleError('notification-failed', `The text was not delivered: ${errorSentence(error)}.`, {
        where: url,
        action: 'Check the address in this node, and whether its receiver runs.',
        cause: error,
      })
    } finally {
      clock.clear(timer)
    }
  }

  return {
    async onMessage(message, send) {
      const text = notificationText(template, message)
      context.status('green', text.slice(0, 80))
      const tell = (state: Notification['state']) =>
        send({ type: 'notification', ...context.stamp(), channel, recipient, state, text })
      if (url === '' || isReplay) return tell('done')
      try {
        await post(text)
      } catch (error) {
        tell('failed')
        throw error
      }
      tell('done')
    },
  }
}
