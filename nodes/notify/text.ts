import type { AnyMessage } from '../../runtime/contract/messages.ts'

const longest = 1000

/**
 * `template` with the message's fields in place of `{field}` (dots lead inwards); what a message lacks stays
 * empty. Without a template, what the message says in words, or its type.
 */
export function notificationText(template: string, message: AnyMessage): string {
  const text =
    template === '' ? ownWords(message) : template.replaceAll(/\{([\w.-]+)\}/g, (_, path) => valueAt(message, path))
  return text.slice(0, longest)
}

function ownWords(message: AnyMessage): string {
  if ('text' in message) return message.text
  if ('reason' in message && message.reason) return message.reason
  if (message.type === 'payment') return `${message.state}: ${message.amountMinor} ${message.currency}`
  return message.type
}

function valueAt(message: AnyMessage, path: string): string {
  let value: unknown = message
  for (const key of path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
  }
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}
