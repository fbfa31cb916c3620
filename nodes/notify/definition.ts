import { Type } from 'typebox'
import { type MessageType, messageSchemas } from '../../runtime/contract/messages.ts'
import { oneOf, strictObject } from '../../runtime/contract/schema.ts'
import type { NodeDefinition } from '../kit/definition.ts'

/** Says something to a person, a speaker or a screen. */
export default {
  type: 'aisle-notify',
  kind: 'node',
  version: 1,
  color: '#DCE3B4',
  input: { name: 'anything', types: Object.keys(messageSchemas) as MessageType[] },
  outputs: [{ name: 'done', types: ['notification'] }],
  settings: strictObject({
    channel: oneOf(['screen', 'speaker', 'person'], {
      title: 'Channel',
      description: 'What the text is for.',
      default: 'screen',
    }),
    recipient: Type.String({
      title: 'Recipient',
      description: 'Which screen, speaker or person. A speaker of the profile needs no address below.',
      maxLength: 200,
      default: '',
    }),
    text: Type.String({
      title: 'Text',
      description: 'Fields of the message stand in braces: {reason}. Empty: what the message says by itself.',
      maxLength: 500,
      default: '',
    }),
    url: Type.String({
      title: 'Address',
      description: 'Where the text is posted to as JSON. Empty: it is shown under the node only.',
      pattern: '^(https?://[^@/?#\\s]+(/[^\\s]*)?)?$',
      maxLength: 500,
      default: '',
    }),
  }),
  migrations: [],
} satisfies NodeDefinition
