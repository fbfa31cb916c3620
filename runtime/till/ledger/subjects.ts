/**
 * Whom the journal speaks of. What could say who somebody is stands in it encrypted, under a key of that person's
 * own which is kept beside it. With the key destroyed the person is forgotten, while the journal, its chain and all
 * sums stay whole. AES-256-GCM; the subject's id in front of the text says which key it needs.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Step } from './step.ts'
import type { Connection } from './tables.ts'

interface Subject {
  subject_id: string
  key: string
}

const prefix = 'sealed:'
const ivBytes = 12
const tagBytes = 16

/** The subject of an account; made with the account. */
async function subjectOf(step: Step, accountId: string): Promise<Subject> {
  const known = await step.trx
    .selectFrom('subjects')
    .select(['subject_id', 'key'])
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  if (known) return known
  const subject = { subject_id: `s-${randomBytes(8).toString('hex')}`, key: randomBytes(32).toString('base64url') }
  await step.trx
    .insertInto('subjects')
    .values({ ...subject, account_id: accountId, since_ms: step.nowMs })
    .execute()
  return subject
}

/** Texts about an account in the form in which they may be journalled; those about nobody stay as they are. */
export async function sealer(step: Step, accountId: string | null): Promise<(text: string) => string> {
  if (accountId === null) return (text) => text
  const subject = await subjectOf(step, accountId)
  return (text) => seal(subject, text)
}

function seal({ subject_id: id, key }: Subject, text: string): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), iv)
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${prefix}${id}:${sealed.toString('base64url')}`
}

function unseal(key: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), bytes.subarray(0, ivBytes))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  return decipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
}

/** A journal entry's data as it was before it was sealed; of somebody forgotten the id is null and texts are empty. */
export async function readSealed(db: Connection, data: string): Promise<unknown> {
  if (!data.includes(`"${prefix}`)) return JSON.parse(data)
  const ids = new Set([...data.matchAll(/"sealed:(s-[0-9a-f]+):/g)].map((match) => match[1] ?? ''))
  const rows = await db
    .selectFrom('subjects')
    .select(['subject_id', 'key'])
    .where('subject_id', 'in', [...ids])
    .execute()
  const keys = new Map(rows.map(({ subject_id, key }) => [subject_id, key]))
  return JSON.parse(data, (name, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(prefix)) return value
    const [, id = '', sealed = ''] = value.split(':')
    const key = keys.get(id)
    if (key !== undefined) return unseal(key, sealed)
    return name === 'accountId' ? null : ''
  })
}
