/**
 * The phone's own key pair. The browser makes it and keeps it: the private half can sign, and be read by nobody, this
 * page included. With it everything that a code needs is on the phone, so codes are made without a network.
 */
import { signedText, toBase32, writeToken } from '../../till-api/entry-token.ts'

interface StoredPhone {
  deviceId: string
  privateKey: CryptoKey
  publicKey: string
  /** null: not registered yet. */
  accountId: string | null
  storeId: string | null
  /** Of the newest code: whatever the clock does, the next one is newer. */
  madeUpToMs: number
  /** How far the till's clock is ahead of the phone's. */
  aheadMs: number
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

export class Phone {
  #stored: StoredPhone

  private constructor(stored: StoredPhone) {
    this.#stored = stored
  }

  /** The phone as it was left, or a new one with a key of its own. */
  static async open(): Promise<Phone> {
    const phone = new Phone((await readStored()) ?? (await makePhone()))
    await writeStored(phone.#stored)
    return phone
  }

  get deviceId(): string {
    return this.#stored.deviceId
  }
  get publicKey(): string {
    return this.#stored.publicKey
  }
  get isRegistered(): boolean {
    return this.#stored.accountId !== null
  }

  async register(storeId: string, accountId: string): Promise<void> {
    await this.#keep({ storeId, accountId })
  }

  /** The clocks may be far apart; asked now and then, that does no harm. */
  async learnTime(tillNowMs: number): Promise<void> {
    const aheadMs = Math.round(tillNowMs - Date.now())
    // Every answer takes a little to come: only what is more than that is worth a write.
    if (Math.abs(aheadMs - this.#stored.aheadMs) > 1000) await this.#keep({ aheadMs })
  }

  async makeCode(party: number): Promise<string> {
    const { deviceId, privateKey, accountId, storeId, madeUpToMs, aheadMs } = this.#stored
    const madeAtMs = Math.max(Date.now() + aheadMs, madeUpToMs + 1)
    const token = { deviceId, madeAtMs, party }
    const text = new Uint8Array(signedText(storeId ?? '', accountId ?? '', token))
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, text)
    await this.#keep({ madeUpToMs: madeAtMs })
    return writeToken(token, new Uint8Array(signature))
  }

  /** With its key it forgets everything. */
  static async forget(): Promise<void> {
    await inStore('readwrite', (store) => store.clear())
  }

  async #keep(change: Partial<StoredPhone>): Promise<void> {
    this.#stored = { ...this.#stored, ...change }
    await writeStored(this.#stored)
  }
}

async function makePhone(): Promise<StoredPhone> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
  return {
    deviceId: toBase32(crypto.getRandomValues(new Uint8Array(10))),
    privateKey,
    publicKey: btoa(String.fromCharCode(...spki))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', ''),
    ...{ accountId: null, storeId: null, madeUpToMs: 0, aheadMs: 0 },
  }
}

const readStored = () => inStore<StoredPhone | undefined>('readonly', (store) => store.get('phone'))
const writeStored = (stored: StoredPhone) => inStore('readwrite', (store) => store.put(stored, 'phone'))

/** One request in a transaction of its own; resolves when it has been written down. */
async function inStore<T>(mode: IDBTransactionMode, request: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const database = await openDatabase()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction('phones', mode)
      const asked = request(transaction.objectStore('phones'))
      transaction.oncomplete = () => resolve(asked.result as T)
      transaction.onabort = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open('open-aisle', 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore('phones')
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
}
