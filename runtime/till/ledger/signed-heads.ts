/**
 * The journal's end, signed once a day and told outside of the database: whoever can rewrite the whole chain still
 * cannot make it end in a hash that was signed. Ed25519; the key is in the secret store.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { JournalHead } from './journal.ts'
import type { Connection } from './tables.ts'

export interface SignedHead extends JournalHead {
  storeId: string
  atMs: number
  signature: string
}

/** A generated secret is 32 random bytes, which is what an Ed25519 key is made of; DER says so in front of them. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

export const journalKey = (secret: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([privatePrefix, Buffer.from(secret, 'base64url')]),
    format: 'der',
    type: 'pkcs8',
  })

/** What may be known by everybody who verifies. */
export const publicJournalKey = (secret: string): string =>
  createPublicKey(journalKey(secret)).export({ format: 'der', type: 'spki' }).toString('base64url')

const signedText = ({ storeId, sequence, hash, atMs }: Omit<SignedHead, 'signature'>) =>
  Buffer.from(canonicalize({ storeId, sequence, hash, atMs }) ?? '')

export const signHead = (key: KeyObject, head: Omit<SignedHead, 'signature'>): SignedHead => ({
  ...head,
  signature: sign(null, signedText(head), key).toString('base64url'),
})

export function isSignedBy(publicKey: string, head: SignedHead): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' })
  return verify(null, signedText(head), key, Buffer.from(head.signature, 'base64url'))
}

export async function keepSignedHead(db: Connection, { storeId, sequence, hash, atMs, signature }: SignedHead) {
  await db
    .insertInto('signed_heads')
    .values({ sequence, hash, at_ms: atMs, store_id: storeId, signature })
    .onConflict((conflict) => conflict.column('sequence').doNothing())
    .execute()
}

export async function readSignedHeads(db: Connection): Promise<SignedHead[]> {
  const rows = await db.selectFrom('signed_heads').selectAll().orderBy('sequence').execute()
  return rows.map(({ at_ms: atMs, store_id: storeId, ...row }) => ({ ...row, atMs, storeId }))
}

/** What is wrong with the first head that the journal does not bear out; undefined when all are borne out. */
export async function headFault(
  db: Connection,
  heads: readonly SignedHead[],
  publicKey: string,
): Promise<string | undefined> {
  for (const head of heads) {
    const where = `the head signed at entry ${head.sequence}`
    if (!isSignedBy(publicKey, head)) return `${where} is not signed with this store's key`
    const { sequence } = head
    const row =
      sequence === 0
        ? head
        : await db.selectFrom('journal').select('hash').where('sequence', '=', sequence).executeTakeFirst()
    if (!row) return `${where} is not in the journal: its end was cut off`
    if (row.hash !== head.hash) return `${where} has another hash than the journal: it was rewritten`
  }
  return undefined
}
